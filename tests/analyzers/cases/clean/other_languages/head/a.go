package a

// F calls g.
func F() error {
	if err := g(); err != nil {
		return err
	}
	return nil
}
