package notes

// Import keeps all of these notes, and says how many it kept.
func Import(store *Store, texts map[string]string) (int, error) {
	kept := 0
	for name, text := range texts {
		store.Save(name, text)
		kept++
	}
	return kept, nil
}
