package find

import "fmt"

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
		return "", fmt.Errorf("article %d: not found", number)
	}
	return name, nil
}
