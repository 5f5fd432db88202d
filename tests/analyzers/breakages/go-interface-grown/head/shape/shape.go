package shape

type Shape interface {
	Area() int
	Edges() int
}
