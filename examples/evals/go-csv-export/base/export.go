package export

import (
	"fmt"
	"io"
)

// Order is one line of the export.
type Order struct {
	Customer string
	Cents    int
}

// Write puts the orders out as lines.
func Write(out io.Writer, orders []Order) error {
	for _, order := range orders {
		if _, err := fmt.Fprintf(out, "%s;%d\n", order.Customer, order.Cents); err != nil {
			return err
		}
	}
	return nil
}
