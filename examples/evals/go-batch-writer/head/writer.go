package rows

// Sink takes rows to where they are kept. It keeps the slice.
type Sink func(rows []string) error

const batch = 100

// Write hands the rows to the sink, at most a hundred at a time.
func Write(rows []string, sink Sink) error {
	pending := make([]string, 0, batch)
	for _, row := range rows {
		pending = append(pending, row)
		if len(pending) < batch {
			continue
		}
		if err := sink(pending); err != nil {
			return err
		}
		pending = pending[:0]
	}
	if len(pending) == 0 {
		return nil
	}
	return sink(pending)
}
