package orders

var names = [...]string{"placed", "paid", "shipped"}

// String is the name of the status.
func (s Status) String() string {
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}
