package query

import (
	"net/url"
	"sort"
)

// Encode gives the values as a query string, by name.
func Encode(values map[string]string) string {
	names := []string{}
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	out := ""
	for _, name := range names {
		if out != "" {
			out += "&"
		}
		out += url.QueryEscape(name) + "=" + url.QueryEscape(values[name])
	}
	return out
}
