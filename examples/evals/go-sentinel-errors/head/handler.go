package find

import "errors"

// Code is what a request for an article is answered with.
func Code(f Finder, number int) int {
	_, err := f.Find(number)
	switch {
	case err == nil:
		return 200
	case errors.Is(err, ErrNotFound):
		return 404
	default:
		return 500
	}
}
