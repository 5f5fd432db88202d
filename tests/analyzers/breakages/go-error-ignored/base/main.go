package main

import "example.com/app/store"

func main() {
	store.Save("a")
}
