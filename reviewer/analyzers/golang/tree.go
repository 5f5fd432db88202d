package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// source is a file that was parsed; equal contents on both sides are parsed once.
type source struct {
	file    *file
	ast     *ast.File
	broken  bool
	imports []string
	fakes   fakes
}

// folder is a package of the repository on one side, with its tests.
type folder struct {
	dir    string
	module *module
	path   string // that it is imported by, "" outside of a module
	lib    []*source
	inside []*source // tests of the same package
	beside []*source // tests of the package `…_test`

	whole     bool            // all of its code is here: no part of it is generated, missing, broken
	changed   bool            // one of its files is
	mixed     bool            // the clauses of its files name several packages
	elsewhere map[string]bool // names that only builds for other platforms define
}

// tree is one side of the repository.
type tree struct {
	name    string // "old" or "new"
	modules []module
	folders map[string]*folder
	byPath  map[string]*folder
	reached map[string]map[string]bool // by folder: those that its package imports, at any distance
}

type parsed struct {
	fset  *token.FileSet
	files map[*byte]*source
}

func (p *parsed) source(f *file, side string, data []byte) *source {
	if len(data) > 0 {
		if known := p.files[&data[0]]; known != nil {
			return known
		}
	}
	read, err := parser.ParseFile(p.fset, side+":"+f.Name, data, parser.ParseComments)
	found := &source{file: f, ast: read, broken: err != nil || read == nil}
	if read != nil {
		for _, spec := range read.Imports {
			if name, err := strconv.Unquote(spec.Path.Value); err == nil {
				found.imports = append(found.imports, name)
			}
		}
	}
	if len(data) > 0 {
		p.files[&data[0]] = found
	}
	return found
}

func newTree(asked *request, side string, p *parsed) *tree {
	t := &tree{side, asked.New, map[string]*folder{}, map[string]*folder{}, map[string]map[string]bool{}}
	if side == "old" {
		t.modules = asked.Old
	}
	platform := newTags(asked, true)
	for _, f := range asked.Files {
		data := f.new
		if side == "old" {
			data = f.old
		}
		in := t.folder(f.dir)
		in.changed = in.changed || f.changed()
		if data == nil {
			continue
		}
		read := p.source(f, side, data)
		if read.ast == nil || read.ast.Name == nil {
			in.whole = false
			continue
		}
		in.whole = in.whole && !read.broken && !bytes.Contains(data, []byte("\n//go:generate "))
		if platform.takes(f.Name, data) {
			in.add(read)
		} else {
			for _, name := range declared(read.ast) {
				in.elsewhere[name] = true
			}
		}
	}
	for _, dir := range asked.Partial {
		t.folder(dir).whole = false
	}
	for _, in := range t.folders {
		if len(in.lib) == 0 && len(in.inside) == 0 && len(in.beside) == 0 {
			continue
		}
		if in.path != "" && len(in.lib) > 0 {
			t.byPath[in.path] = in
		}
	}
	return t
}

func (t *tree) folder(dir string) *folder {
	if known := t.folders[dir]; known != nil {
		return known
	}
	in := &folder{dir: dir, whole: true, elsewhere: map[string]bool{}}
	for i := range t.modules {
		each := &t.modules[i]
		if isBelow(dir, each.Dir) && (in.module == nil || len(each.Dir) > len(in.module.Dir)) {
			in.module = each
		}
	}
	if in.module != nil && in.module.Path != "" {
		in.path = path.Join(in.module.Path, strings.TrimPrefix(strings.TrimPrefix(dir, in.module.Dir), "/"))
		if dir == in.module.Dir || dir == "." {
			in.path = in.module.Path
		}
	}
	t.folders[dir] = in
	return in
}

// files are those of a folder that belong to a build for the platform.
func (t *tree) files(dir string) []*source {
	in := t.folders[dir]
	if in == nil {
		return nil
	}
	all := append([]*source{}, in.lib...)
	return append(append(all, in.inside...), in.beside...)
}

func isBelow(dir, top string) bool {
	return top == "." || dir == top || strings.HasPrefix(dir, top+"/")
}

func (in *folder) add(read *source) {
	name := read.ast.Name.Name
	switch {
	case !strings.HasSuffix(read.file.Name, "_test.go"):
		in.mixed = in.mixed || len(in.lib) > 0 && in.lib[0].ast.Name.Name != name
		in.lib = append(in.lib, read)
	case strings.HasSuffix(name, "_test"):
		in.beside = append(in.beside, read)
	default:
		in.inside = append(in.inside, read)
	}
}

// find is the package of the repository that code in `from` imports as `path`.
func (t *tree) find(name string, from *folder) *folder {
	found := t.byPath[name]
	if found == nil || from.module == nil {
		return nil
	}
	if from.module.Dir == found.module.Dir {
		return found
	}
	for _, dir := range from.module.Sees {
		if dir == found.module.Dir {
			return found
		}
	}
	return nil
}

// reaches are the folders that the package of a folder imports, at any distance.
func (t *tree) reaches(in *folder) map[string]bool {
	if known, ok := t.reached[in.dir]; ok {
		return known
	}
	all := map[string]bool{}
	waiting := []*folder{in}
	for len(waiting) > 0 {
		last := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, next := range t.imports(last, last.lib) {
			if !all[next.dir] {
				all[next.dir] = true
				waiting = append(waiting, next)
			}
		}
	}
	t.reached[in.dir] = all
	return all
}

func (t *tree) imports(in *folder, files []*source) (found []*folder) {
	for _, each := range files {
		for _, name := range each.imports {
			if next := t.find(name, in); next != nil {
				found = append(found, next)
			}
		}
	}
	return found
}

// declared are the names that a file declares in its package, methods as `T.m`.
func declared(read *ast.File) (names []string) {
	for _, decl := range read.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			if decl.Recv != nil && len(decl.Recv.List) == 1 {
				name = receiver(decl.Recv.List[0].Type) + "." + name
			}
			names = append(names, name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func receiver(expr ast.Expr) string {
	for {
		switch inner := expr.(type) {
		case *ast.StarExpr:
			expr = inner.X
		case *ast.ParenExpr:
			expr = inner.X
		case *ast.IndexExpr:
			expr = inner.X
		case *ast.IndexListExpr:
			expr = inner.X
		case *ast.Ident:
			return inner.Name
		default:
			return ""
		}
	}
}
