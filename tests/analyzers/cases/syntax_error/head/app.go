package app

func f(a int) int {
	return g(a
}
