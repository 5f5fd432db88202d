package main

import (
	"go/ast"
	"go/types"
	"path"
	"strings"
)

// isNamed tells whether the name that an error calls unused stands elsewhere in the file, in code that
// was perhaps not understood.
func isNamed(file *ast.File, err types.Error) (found bool) {
	if name := quoted.FindStringSubmatch(err.Msg); name != nil {
		return isPackageNamed(file, name[1], err)
	}
	_, name, ok := strings.Cut(err.Msg, "declared and not used: ")
	if !ok {
		name, _, _ = strings.Cut(err.Msg, " declared and not used")
	}
	assigned := map[*ast.Ident]bool{}
	var around ast.Node = file
	for _, node := range pathTo(file, span{err.Pos, err.Pos + 1}) {
		if _, ok := node.(*ast.FuncDecl); ok {
			around = node
		}
	}
	ast.Inspect(around, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for _, left := range node.Lhs {
				if left, ok := left.(*ast.Ident); ok {
					assigned[left] = true
				}
			}
		case *ast.ValueSpec:
			for _, left := range node.Names {
				assigned[left] = true
			}
		case *ast.Ident:
			found = found || node.Name == name && !assigned[node] && node.Pos() != err.Pos
		}
		return true
	})
	return found
}

// isPackageNamed tells the same of an imported package.
func isPackageNamed(file *ast.File, name string, err types.Error) (found bool) {
	name = path.Base(name)
	if _, given, ok := strings.Cut(err.Msg, " imported as "); ok {
		name, _, _ = strings.Cut(given, " ")
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			base, ok := selector.X.(*ast.Ident)
			found = found || ok && base.Name == name
		}
		return !found
	})
	return found
}
