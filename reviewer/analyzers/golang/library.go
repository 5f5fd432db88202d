package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

var errUnknown = errors.New("is not here")

// library is the standard library, whose declarations are read from the source of the toolchain.
type library struct {
	fset     *token.FileSet
	root     string
	tags     *tags
	sizes    types.Sizes
	packages map[string]*types.Package // nil while it is read
	known    map[string]bool
}

func newLibrary(asked *request, fset *token.FileSet) *library {
	return &library{
		fset:     fset,
		root:     filepath.Join(asked.Root, "src"),
		tags:     newTags(asked, false),
		sizes:    types.SizesFor("gc", asked.Arch),
		packages: map[string]*types.Package{},
		known:    map[string]bool{},
	}
}

// has tells whether there is a package of the name.
func (l *library) has(name string) bool {
	if name == "unsafe" || name == "C" {
		return true
	}
	known, ok := l.known[name]
	if !ok {
		known = isPlain(name) && isFolder(filepath.Join(l.root, filepath.FromSlash(name)))
		l.known[name] = known
	}
	return known
}

// isPlain tells whether a name, which comes from the reviewed code, stays below the library.
func isPlain(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == "testdata" || part[0] == '.' || strings.ContainsAny(part, "\\:\x00") {
			return false
		}
	}
	return true
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// Import makes a library an importer for its own packages.
func (l *library) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	if isFolder(filepath.Join(l.root, "vendor", filepath.FromSlash(name))) {
		name = "vendor/" + name
	}
	return l.load(name)
}

func (l *library) load(name string) (*types.Package, error) {
	if found, ok := l.packages[name]; ok {
		if found == nil {
			return nil, errUnknown
		}
		return found, nil
	}
	if !isPlain(name) {
		return nil, errUnknown
	}
	l.packages[name] = nil
	files := l.parse(filepath.Join(l.root, filepath.FromSlash(name)))
	if len(files) == 0 {
		return nil, errUnknown
	}
	config := types.Config{
		Importer:         l,
		Sizes:            l.sizes,
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Error:            func(error) {},
	}
	found, _ := config.Check(name, l.fset, files, nil)
	l.packages[name] = found
	return found, nil
}

// parse reads the files of a folder that belong to a build for the platform, without their bodies.
func (l *library) parse(dir string) []*ast.File {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	found := make([]*ast.File, len(entries))
	var group sync.WaitGroup
	for i, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		group.Add(1)
		go func(i int) {
			defer group.Done()
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || !l.tags.takes(name, data) {
				return
			}
			read, err := parser.ParseFile(l.fset, filepath.Join(dir, name), data, parser.SkipObjectResolution)
			if err == nil && read.Name.Name != "documentation" {
				found[i] = read
			}
		}(i)
	}
	group.Wait()
	kept := found[:0]
	for _, each := range found {
		if each != nil {
			kept = append(kept, each)
		}
	}
	return kept
}
