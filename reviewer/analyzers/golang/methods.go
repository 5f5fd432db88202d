package main

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"
)

var (
	ofMethod    = regexp.MustCompile(`\((?:missing|wrong type for) method (\w+)\)?`)
	ofInterface = regexp.MustCompile(`(?:does not implement|impossible type assertion: .* in) ([^ ()\[]+)`)
)

// missingMethod tells whether a method is missing, or does not fit, for certain.
func (j *judge) missingMethod(err types.Error, path []ast.Node, found *verdict) bool {
	expr, ok := path[len(path)-1].(ast.Expr)
	if wanted := ofInterface.FindStringSubmatch(err.Msg); wanted != nil {
		if object := j.named(wanted[1]); object != nil {
			found.objects = append(found.objects, object)
		}
	}
	method := ofMethod.FindStringSubmatch(err.Msg)
	if !ok || method == nil {
		return true
	}
	t := j.info.TypeOf(expr)
	if isUnknown(t) {
		return false
	}
	named := namedOf(t)
	if named == nil || named.Obj().Pkg() == nil {
		return true
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, named.Obj().Pkg(), method[1])
	if object != nil {
		found.objects = append(found.objects, object)
		return !isUnknown(object.Type())
	}
	in := j.folderOf(named.Obj().Pkg())
	if in == nil {
		return j.isInLibrary(named.Obj().Pkg())
	}
	own := named.Obj().Name()
	return j.wasDefined(in, own, method[1], found) || in.whole && !in.elsewhere[own+"."+method[1]]
}

// named is the type that a message of this package calls `name`, or `p.name`.
func (j *judge) named(name string) types.Object {
	qualifier, last := "", name
	if i := strings.LastIndex(name, "."); i >= 0 {
		qualifier, last = name[:i], name[i+1:]
	}
	if qualifier == "" {
		return j.checked.Scope().Lookup(last)
	}
	for _, imported := range j.checked.Imports() {
		if imported.Name() == qualifier || imported.Path() == qualifier {
			return imported.Scope().Lookup(last)
		}
	}
	return nil
}
