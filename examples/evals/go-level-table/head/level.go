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

var levels = map[string]Level{
	"debug":   Debug,
	"":        Info,
	"info":    Info,
	"warn":    Warn,
	"warning": Warn,
	"error":   Error,
}

// Parse reads the name of a level, whatever its case.
func Parse(name string) (Level, error) {
	level, known := levels[strings.ToLower(name)]
	if !known {
		return Info, fmt.Errorf("unknown level %q", name)
	}
	return level, nil
}
