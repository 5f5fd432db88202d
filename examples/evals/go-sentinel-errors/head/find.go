package find

import (
	"errors"
	"fmt"
)

// ErrNotFound is the error for an article that there is not.
var ErrNotFound = errors.New("not found")

// Finder looks articles up by number.
type Finder struct {
	articles map[int]string
}

// New makes a finder for these articles.
func New(articles map[int]string) Finder {
	return Finder{articles}
}

// Find gives the name of an article.
func (f Finder) Find(number int) (string, error) {
	name, found := f.articles[number]
	if !found {
		return "", fmt.Errorf("article %d: %w", number, ErrNotFound)
	}
	return name, nil
}
