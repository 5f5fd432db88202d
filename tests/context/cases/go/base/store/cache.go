package store

type Cache struct {
	rows map[string]string
}

func (c *Cache) Refresh(key string) string {
	return c.rows[key]
}
