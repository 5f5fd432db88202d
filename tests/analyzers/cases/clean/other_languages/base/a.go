package a

func F() error {
	return g()
}
