package find

import "strings"

// Code is what a request for an article is answered with.
func Code(f Finder, number int) int {
	_, err := f.Find(number)
	switch {
	case err == nil:
		return 200
	case strings.Contains(err.Error(), "not found"):
		return 404
	default:
		return 500
	}
}
