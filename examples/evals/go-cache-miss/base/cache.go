package cache

// Entry is what was cached.
type Entry struct {
	Body string
	Hits int
}

// Cache keeps entries by key.
type Cache struct {
	entries map[string]*Entry
}

// New makes an empty cache.
func New() *Cache {
	return &Cache{entries: map[string]*Entry{}}
}

// Put keeps a body.
func (c *Cache) Put(key, body string) {
	c.entries[key] = &Entry{Body: body}
}

// Get gives the entry, an empty one if there is none.
func (c *Cache) Get(key string) *Entry {
	if entry, found := c.entries[key]; found {
		return entry
	}
	return &Entry{}
}
