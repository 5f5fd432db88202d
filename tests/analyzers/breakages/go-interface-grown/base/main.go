package main

import "example.com/app/shape"

type square struct{}

func (square) Area() int { return 1 }

func main() {
	var s shape.Shape = square{}
	println(s.Area())
}
