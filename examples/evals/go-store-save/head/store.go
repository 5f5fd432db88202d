package notes

import (
	"errors"
	"fmt"
)

// ErrTooLong is the error for a note that is not kept.
var ErrTooLong = errors.New("the note is too long")

const maxLength = 1000

// Store keeps notes by name.
type Store struct {
	notes map[string]string
}

// NewStore gives an empty store.
func NewStore() *Store {
	return &Store{notes: map[string]string{}}
}

// Save keeps a note, if it is not too long.
func (s *Store) Save(name, text string) error {
	if len(text) > maxLength {
		return fmt.Errorf("%s: %w", name, ErrTooLong)
	}
	s.notes[name] = text
	return nil
}

// Len is how many notes there are.
func (s *Store) Len() int {
	return len(s.notes)
}
