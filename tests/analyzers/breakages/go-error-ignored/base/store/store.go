package store

func Save(name string) {
	println(name)
}
