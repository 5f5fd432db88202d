package notes

// Store keeps notes by name.
type Store struct {
	notes map[string]string
}

// NewStore gives an empty store.
func NewStore() *Store {
	return &Store{notes: map[string]string{}}
}

// Save keeps a note.
func (s *Store) Save(name, text string) {
	s.notes[name] = text
}

// Len is how many notes there are.
func (s *Store) Len() int {
	return len(s.notes)
}
