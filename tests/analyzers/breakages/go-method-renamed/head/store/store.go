package store

type Store struct{}

func (s *Store) Load(id int) int {
	return id
}
