package store

func Serve(c *Cache, key string) string {
	return c.Refresh(key)
}
