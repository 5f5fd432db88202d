package export

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Order is one line of the export.
type Order struct {
	Customer string
	Cents    int
}

// Write puts the orders out as CSV, whatever the names contain.
func Write(out io.Writer, orders []Order) error {
	writer := csv.NewWriter(out)
	writer.Comma = ';'
	for _, order := range orders {
		if err := writer.Write([]string{order.Customer, strconv.Itoa(order.Cents)}); err != nil {
			return err
		}
	}
	return writer.Error()
}
