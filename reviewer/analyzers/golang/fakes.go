package main

import (
	"go/ast"
	"go/types"
	"path"
	"regexp"
	"strings"
)

// fakes is what is unknown in a file since packages that it imports are not here.
type fakes struct {
	dot   bool            // any name may come from one
	names map[string]bool // that may be the name of one
}

var version = regexp.MustCompile(`^v[0-9]+$`)

// nameFakes gives the imports of packages that are not here the names that the file uses them by: the
// name of a package is in the package, and only often the end of its path.
func (s *source) nameFakes(isFake func(path string) bool, own map[string]bool) {
	s.fakes.names = map[string]bool{}
	var unnamed []*ast.ImportSpec
	taken := map[string]bool{}
	for i, spec := range s.ast.Imports {
		if i >= len(s.imports) {
			return
		}
		switch {
		case spec.Name != nil && spec.Name.Name == "." && isFake(s.imports[i]):
			s.fakes.dot = true
		case spec.Name != nil:
			taken[spec.Name.Name] = true
		case isFake(s.imports[i]):
			unnamed = append(unnamed, spec)
		default:
			taken[path.Base(s.imports[i])] = true
		}
	}
	if len(unnamed) == 0 {
		return
	}
	used := s.packages(func(name string) bool {
		return own[name] || taken[name] || types.Universe.Lookup(name) != nil
	})
	named := map[string]bool{}
	for _, fits := range []func(path, name string) bool{isUsual, isPart} {
		for _, spec := range unnamed {
			for _, name := range used {
				if spec.Name == nil && !named[name] && fits(strings.Trim(spec.Path.Value, "\"`"), name) {
					spec.Name = &ast.Ident{NamePos: spec.Pos(), Name: name}
					named[name] = true
				}
			}
		}
	}
	open := false
	for _, spec := range unnamed {
		if spec.Name == nil {
			spec.Name = &ast.Ident{NamePos: spec.Pos(), Name: "_"}
			open = true
		}
	}
	for _, name := range used {
		s.fakes.names[name] = open && !named[name]
	}
}

// packages are the names that the file uses as those of packages, in order.
func (s *source) packages(isOther func(name string) bool) (names []string) {
	open := map[*ast.Ident]bool{}
	for _, name := range s.ast.Unresolved {
		open[name] = true
	}
	seen := map[string]bool{}
	ast.Inspect(s.ast, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && open[name] && !seen[name.Name] && !isOther(name.Name) {
				seen[name.Name] = true
				names = append(names, name.Name)
			}
		}
		return true
	})
	return names
}

// isUsual tells whether a package of this path is likely to have this name.
func isUsual(full, name string) bool {
	base := path.Base(full)
	if version.MatchString(base) {
		base = path.Base(path.Dir(full))
	}
	if i := strings.LastIndex(base, ".v"); i > 0 {
		base = base[:i]
	}
	return base == name || plain(base) == plain(name)
}

// isPart tells whether the name is a part of the path.
func isPart(full, name string) bool {
	return len(name) > 1 && strings.Contains(plain(full), plain(name))
}

func plain(name string) string {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(name, "go-"), "-go"), ".go")
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(name)
}
