package level

import (
	"fmt"
	"strings"
)

// Level is how much a message matters.
type Level int

// From least to most.
const (
	Debug Level = iota
	Info
	Warn
	Error
)

// Parse reads the name of a level, whatever its case.
func Parse(name string) (Level, error) {
	switch strings.ToLower(name) {
	case "debug":
		return Debug, nil
	case "info", "":
		return Info, nil
	case "warn", "warning":
		return Warn, nil
	case "error":
		return Error, nil
	default:
		return Info, fmt.Errorf("unknown level %q", name)
	}
}
