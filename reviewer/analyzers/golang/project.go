package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"time"
)

var errCycle = errors.New("imports itself")

// project is the repository on both sides, and the packages of it that were read so far.
type project struct {
	fset     *token.FileSet
	library  *library
	old, new *tree
	packages map[string]*types.Package // nil while it is read
	affected map[string]bool           // by folder: whether its package may differ between the sides
	calls    map[string]*calls         // by the full name of the function
	deadline time.Time
	minor    int
}

// world is what an import means to a package: the side, and the folder whose tests it is compiled
// together with, if any. A package that those tests reach is another one for them.
type world struct {
	*tree
	tested *folder
}

type importer struct {
	project *project
	world   world
	from    *folder
}

func (i importer) Import(name string) (*types.Package, error) {
	if next := i.world.find(name, i.from); next != nil {
		found, err := i.project.load(i.world, next)
		if err == nil && (!next.whole || next.mixed) {
			// What it lacks is unknown, and not an error.
			return found, errUnknown
		}
		return found, err
	}
	if i.project.library.has(name) {
		return i.project.library.Import(name)
	}
	return nil, errUnknown
}

// load reads the declarations of a package of the repository.
func (p *project) load(w world, in *folder) (*types.Package, error) {
	files := in.lib
	key := w.name + ":" + in.dir
	if w.tested == in {
		files = append(files[:len(files):len(files)], in.inside...)
		key += " with tests"
	} else if w.tested != nil && w.reaches(in)[w.tested.dir] {
		key += " for tests of " + w.tested.dir
	} else {
		w.tested = nil
		if !p.affected[in.dir] {
			key = "same:" + in.dir
		}
	}
	if found, ok := p.packages[key]; ok {
		if found == nil {
			return nil, errCycle
		}
		return found, nil
	}
	p.packages[key] = nil
	found := p.check(w, in, in.path, files, nil, func(types.Error) {})
	p.packages[key] = found
	return found, nil
}

// prepare names what is not here, and finds the packages that may differ between the sides.
func (p *project) prepare() {
	for _, t := range []*tree{p.new, p.old} {
		own := map[string]map[string]bool{}
		for dir := range t.folders {
			own[dir] = map[string]bool{}
			for _, side := range []*tree{p.new, p.old} {
				for _, each := range side.files(dir) {
					for _, name := range declared(each.ast) {
						own[dir][name] = true
					}
				}
			}
		}
		for dir, in := range t.folders {
			for _, each := range t.files(dir) {
				if each.fakes.names == nil {
					each.nameFakes(func(name string) bool {
						return !p.library.has(name) && p.new.find(name, in) == nil && p.old.find(name, in) == nil
					}, own[dir])
				}
			}
		}
	}
	for _, t := range []*tree{p.new, p.old} {
		for dir, in := range t.folders {
			other := p.other(t).folders[dir]
			if in.changed || in.module == nil || other == nil || other.path != in.path {
				p.affected[dir] = true
			}
			for next := range t.reaches(in) {
				p.affected[dir] = p.affected[dir] || t.folders[next].changed
			}
		}
	}
}

func (p *project) other(t *tree) *tree {
	if t == p.new {
		return p.old
	}
	return p.new
}

// check type-checks files as a package; the bodies of functions only with an `info`.
func (p *project) check(
	w world, in *folder, name string, files []*source, info *types.Info, report func(types.Error),
) *types.Package {
	config := types.Config{
		Importer:         importer{p, w, in},
		Sizes:            p.library.sizes,
		IgnoreFuncBodies: info == nil,
		FakeImportC:      true,
		GoVersion:        p.language(in),
		Error: func(err error) {
			if found, ok := err.(types.Error); ok {
				report(found)
			}
		},
	}
	if name == "" {
		name = in.dir
	}
	asts := make([]*ast.File, len(files))
	for i, each := range files {
		asts[i] = each.ast
	}
	found, _ := config.Check(name, p.fset, asts, info)
	return found
}

// language is the version of the language that a folder is written in, "" for the newest.
func (p *project) language(in *folder) string {
	minor := in.minor()
	if minor == 0 || minor > p.minor {
		return ""
	}
	return fmt.Sprintf("go1.%d", minor)
}

// minor is 21 in a module for Go 1.21, 0 where that is not known.
func (in *folder) minor() (minor int) {
	if in.module != nil {
		_, _ = fmt.Sscanf(in.module.Go, "1.%d", &minor)
	}
	return minor
}

// code is the number of the kind of an error, as internal/types/errors lists them.
func code(err types.Error) int {
	field := reflect.ValueOf(err).FieldByName("go116code")
	if !field.IsValid() {
		return 0
	}
	return int(field.Int())
}
