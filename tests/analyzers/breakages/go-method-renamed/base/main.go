package main

import "example.com/app/store"

func main() {
	s := &store.Store{}
	println(s.Fetch(1))
}
