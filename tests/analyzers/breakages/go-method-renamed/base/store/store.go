package store

type Store struct{}

func (s *Store) Fetch(id int) int {
	return id
}
