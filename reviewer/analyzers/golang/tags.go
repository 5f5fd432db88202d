package main

import (
	"bytes"
	"go/build/constraint"
	"path"
	"strings"
)

const (
	systems = " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd " +
		"plan9 solaris wasip1 windows zos "
	unixes = " aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris "
	arches = " 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le " +
		"mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm "
)

// tags are the build tags of one platform.
type tags struct {
	os, arch string
	cgo      bool
	others   map[string]bool
}

func newTags(asked *request, cgo bool) *tags {
	all := map[string]bool{"gc": true}
	for _, tag := range asked.Tags {
		all[tag] = true
	}
	return &tags{asked.OS, asked.Arch, cgo, all}
}

func (t *tags) has(tag string) bool {
	switch {
	case tag == "cgo":
		return t.cgo
	case tag == "unix":
		return contains(unixes, t.os)
	case tag == t.os || tag == t.arch:
		return true
	case tag == "linux":
		return t.os == "android"
	case tag == "solaris":
		return t.os == "illumos"
	case tag == "darwin":
		return t.os == "ios"
	}
	return t.others[tag]
}

// takes tells whether a file belongs to a build for the platform.
func (t *tags) takes(name string, data []byte) bool {
	if !t.takesName(path.Base(name)) {
		return false
	}
	line := buildLine(data)
	if line == "" {
		return true
	}
	expr, err := constraint.Parse(line)
	return err != nil || expr.Eval(t.has)
}

// takesName tells whether the end of a name, `_windows_amd64.go`, fits.
func (t *tags) takesName(base string) bool {
	stem := strings.TrimSuffix(base, ".go")
	stem = strings.TrimSuffix(stem, "_test")
	parts := strings.Split(stem, "_")
	n := len(parts)
	if n >= 3 && contains(systems, parts[n-2]) && contains(arches, parts[n-1]) {
		return t.has(parts[n-1]) && t.has(parts[n-2])
	}
	if n >= 2 && (contains(systems, parts[n-1]) || contains(arches, parts[n-1])) {
		return t.has(parts[n-1])
	}
	return true
}

// buildLine is the `//go:build` line of a file, "" for none. It stands before the package clause.
func buildLine(data []byte) string {
	inComment := false
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line = bytes.TrimSpace(line)
		switch {
		case inComment:
			inComment = !bytes.Contains(line, []byte("*/"))
		case bytes.HasPrefix(line, []byte("//go:build ")):
			return string(line)
		case len(line) == 0 || bytes.HasPrefix(line, []byte("//")):
		case bytes.HasPrefix(line, []byte("/*")):
			inComment = !bytes.Contains(line[2:], []byte("*/"))
		default:
			return ""
		}
	}
	return ""
}

func contains(words, word string) bool {
	return word != "" && strings.Contains(words, " "+word+" ")
}
