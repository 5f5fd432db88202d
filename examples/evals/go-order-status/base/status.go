package orders

// Status is how far an order is.
type Status int

// What an order goes through.
const (
	Placed Status = iota
	Paid
	Shipped
)

// Next is what follows; the last one stays.
func (s Status) Next() Status {
	if s == Shipped {
		return s
	}
	return s + 1
}
