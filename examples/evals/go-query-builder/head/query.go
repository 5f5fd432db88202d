package query

import (
	"net/url"
	"sort"
	"strings"
)

// Encode gives the values as a query string, by name.
func Encode(values map[string]string) string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	var out strings.Builder
	for index, name := range names {
		if index > 0 {
			out.WriteByte('&')
		}
		out.WriteString(url.QueryEscape(name))
		out.WriteByte('=')
		out.WriteString(url.QueryEscape(values[name]))
	}
	return out.String()
}
