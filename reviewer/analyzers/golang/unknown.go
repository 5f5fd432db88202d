package main

import (
	"go/ast"
	"go/types"
)

// isUnknown tells whether a value of the type may be more, or something else, than what was seen: the
// type, what it is made of, or what it embeds comes from a package that is not here.
func isUnknown(t types.Type) bool { return unknown(t, map[types.Type]bool{}) }

func unknown(t types.Type, seen map[types.Type]bool) bool {
	if t == nil {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Named:
		for i := 0; i < t.TypeArgs().Len(); i++ {
			if unknown(t.TypeArgs().At(i), seen) {
				return true
			}
		}
		switch under := t.Underlying().(type) {
		case *types.Struct:
			return embedsUnknown(under, seen)
		case *types.Basic, *types.Interface:
			return unknown(under, seen)
		}
		return false
	case *types.Pointer:
		return unknown(t.Elem(), seen)
	case *types.Slice:
		return unknown(t.Elem(), seen)
	case *types.Array:
		return unknown(t.Elem(), seen)
	case *types.Chan:
		return unknown(t.Elem(), seen)
	case *types.Map:
		return unknown(t.Key(), seen) || unknown(t.Elem(), seen)
	case *types.Tuple:
		for i := 0; i < t.Len(); i++ {
			if unknown(t.At(i).Type(), seen) {
				return true
			}
		}
		return false
	case *types.Signature:
		return unknown(t.Params(), seen) || unknown(t.Results(), seen)
	case *types.Struct:
		for i := 0; i < t.NumFields(); i++ {
			if unknown(t.Field(i).Type(), seen) {
				return true
			}
		}
		return false
	case *types.Interface:
		for i := 0; i < t.NumExplicitMethods(); i++ {
			if unknown(t.ExplicitMethod(i).Type(), seen) {
				return true
			}
		}
		for i := 0; i < t.NumEmbeddeds(); i++ {
			if unknown(t.EmbeddedType(i), seen) {
				return true
			}
		}
		return false
	case *types.TypeParam:
		return unknown(t.Constraint(), seen)
	case *types.Union:
		return false
	}
	return unknown(t.Underlying(), seen) // an alias
}

func embedsUnknown(t *types.Struct, seen map[types.Type]bool) bool {
	for i := 0; i < t.NumFields(); i++ {
		if t.Field(i).Embedded() && unknown(t.Field(i).Type(), seen) {
			return true
		}
	}
	return false
}

// isUnknownValue tells the same of what an expression gives. Of an expression with an error of its own
// nothing is recorded.
func isUnknownValue(info *types.Info, expr ast.Expr) bool {
	for {
		inner, ok := expr.(*ast.ParenExpr)
		if !ok {
			break
		}
		expr = inner.X
	}
	if name, ok := expr.(*ast.Ident); ok {
		if name.Name == "_" {
			return false
		}
		if object := info.ObjectOf(name); object != nil {
			if _, ok := object.(*types.PkgName); ok {
				return false
			}
			return isUnknown(object.Type())
		}
	}
	value, ok := info.Types[expr]
	return !ok || !value.IsVoid() && isUnknown(value.Type)
}

// path are the nodes of a file that contain the span from `start` to `end`, the innermost last. Of
// those with the same span it ends with the outermost.
func pathTo(file *ast.File, span span) (found []ast.Node) {
	ast.Inspect(file, func(node ast.Node) bool {
		if node == nil || node.Pos() > span.start || node.End() < span.end {
			return false
		}
		if n := len(found); n > 0 && found[n-1].Pos() == span.start && found[n-1].End() == span.end {
			return false
		}
		found = append(found, node)
		return true
	})
	return found
}
