package store

type Cache struct {
	rows map[string]string
}

func (c *Cache) Refresh(key string) string {
	row, _ := Lookup(key, true)
	c.rows[key] = row
	return row
}
