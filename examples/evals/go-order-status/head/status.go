package orders

// Status is how far an order is.
type Status int

// What an order goes through.
const (
	Placed Status = iota
	Paid
	Packed
	Shipped
)

// IsOpen says whether something is left to do.
func (s Status) IsOpen() bool {
	return s != Shipped
}

// Next is what follows; the last one stays.
func (s Status) Next() Status {
	if !s.IsOpen() {
		return s
	}
	return s + 1
}
