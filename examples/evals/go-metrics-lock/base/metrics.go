package metrics

import "sync"

// Metrics counts things by name. It may be used by many at a time.
type Metrics struct {
	mutex  sync.Mutex
	counts map[string]int
}

// New makes empty metrics.
func New() *Metrics {
	return &Metrics{counts: map[string]int{}}
}

// Add counts.
func (m *Metrics) Add(name string, count int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.counts[name] += count
}

// Get gives one count.
func (m *Metrics) Get(name string) int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.counts[name]
}

// All gives a copy of every count.
func (m *Metrics) All() map[string]int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	all := make(map[string]int, len(m.counts))
	for name, count := range m.counts {
		all[name] = count
	}
	return all
}
