package cache

import "time"

// Entry is what was cached.
type Entry struct {
	Body string
	Hits int
	Made time.Time
}

// Cache keeps entries by key, for as long as MaxAge, or for ever if that is zero.
type Cache struct {
	MaxAge  time.Duration
	entries map[string]*Entry
}

// New makes an empty cache.
func New() *Cache {
	return &Cache{entries: map[string]*Entry{}}
}

// Put keeps a body.
func (c *Cache) Put(key, body string) {
	c.entries[key] = &Entry{Body: body, Made: time.Now()}
}

// Get gives the entry, nil if there is none or it is too old.
func (c *Cache) Get(key string) *Entry {
	entry := c.entries[key]
	if entry == nil || (c.MaxAge > 0 && time.Since(entry.Made) > c.MaxAge) {
		return nil
	}
	return entry
}
