package route

import "strings"

// Below gives the part of the path after the prefix; false if the path is elsewhere. A prefix ends
// where a part of the path ends: /api has /api/users, but not /apis.
func Below(path, prefix string) (string, bool) {
	prefix = strings.TrimRight(prefix, "/")
	if path == prefix {
		return "", true
	}
	if !strings.HasPrefix(path, prefix) {
		return "", false
	}
	rest := path[len(prefix):]
	if rest[0] != '/' {
		return "", false
	}
	return rest, true
}
