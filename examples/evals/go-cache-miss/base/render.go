package cache

// Render gives the cached page, or makes it.
func Render(c *Cache, key string, make func() string) string {
	entry := c.Get(key)
	if entry.Body == "" {
		c.Put(key, make())
		return c.Get(key).Body
	}
	entry.Hits++
	return entry.Body
}
