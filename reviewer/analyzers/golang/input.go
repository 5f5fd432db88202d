package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"path"
)

// request is a line of JSON, followed by the contents of all files, for each the old and the new
// one.
type request struct {
	Root    string   // GOROOT
	OS      string   // GOOS
	Arch    string   // GOARCH
	Tags    []string // build tags of the toolchain: its releases and its experiments
	Seconds float64  // that it may take
	Old     []module
	New     []module
	Partial []string // folders of which not all files are here
	Files   []*file
}

// module is a module of the repository.
type module struct {
	Dir  string
	Path string
	Go   string   // the version of the language, "1.21"
	Sees []string // folders of other modules that it takes from the repository
}

// file is a file of the repository on both sides.
type file struct {
	Name string
	Old  int // bytes, -1 if there is none
	New  int // bytes, -1 if there is none, -2 if it is the same

	dir string
	old []byte
	new []byte
}

func (f *file) changed() bool { return f.New != -2 }

func readRequest(from io.Reader) (*request, error) {
	reader := bufio.NewReaderSize(from, 1<<20)
	line, err := reader.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("no request: %w", err)
	}
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, fmt.Errorf("not a request: %w", err)
	}
	read := func(size int) (data []byte) {
		if size >= 0 && err == nil {
			data = make([]byte, size)
			_, err = io.ReadFull(reader, data)
		}
		return data
	}
	for _, each := range asked.Files {
		each.dir = path.Dir(each.Name)
		each.old = read(each.Old)
		each.new = read(each.New)
		if !each.changed() {
			each.new = each.old
		}
	}
	return &asked, err
}
