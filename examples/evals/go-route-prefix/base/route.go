package route

import "strings"

// Below gives the part of the path after the prefix; false if the path is elsewhere.
func Below(path, prefix string) (string, bool) {
	if !strings.HasPrefix(path, prefix) {
		return "", false
	}
	return path[len(prefix):], true
}
