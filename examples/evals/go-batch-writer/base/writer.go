package rows

// Sink takes rows to where they are kept.
type Sink func(rows []string) error

// Write hands the rows to the sink, one by one.
func Write(rows []string, sink Sink) error {
	for _, row := range rows {
		if err := sink([]string{row}); err != nil {
			return err
		}
	}
	return nil
}
