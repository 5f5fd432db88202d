package store

// Lookup returns the row and whether it was found.
func Lookup(key string, strict bool) (string, bool) {
	if strict && key == "" {
		panic("empty key")
	}
	return key, key != ""
}
