package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

const testsBeside = " [test]" // ends the path of a package of tests beside one

// definition is where something of the repository is, or was, defined.
type definition struct {
	name string
	pos  token.Pos
}

// undefined is a name that is not defined where it is used: of this package, or of another one.
func (j *judge) undefined(path []ast.Node, from *source, found *verdict) bool {
	var name *ast.Ident
	in, isOwn := j.in, true
	for _, node := range path {
		switch node := node.(type) {
		case *ast.SelectorExpr:
			if base, ok := node.X.(*ast.Ident); ok {
				if imported, ok := j.info.Uses[base].(*types.PkgName); ok {
					name, isOwn = node.Sel, false
					in = j.folderOf(imported.Imported())
					if in == nil {
						return j.isInLibrary(imported.Imported())
					}
				}
			}
		case *ast.Ident:
			if isOwn {
				name = node
			}
		}
	}
	if name == nil || isOwn && (j.isDotUnknown(from) || from.fakes.names[name.Name]) {
		return false
	}
	return j.wasDefined(in, "", name.Name, found) || in.whole && !in.elsewhere[name.Name]
}

// isDotUnknown tells whether a file imports all names of a package that is not here, or not whole.
func (j *judge) isDotUnknown(from *source) bool {
	for i, spec := range from.ast.Imports {
		if spec.Name != nil && spec.Name.Name == "." && i < len(from.imports) {
			if in := j.world.find(from.imports[i], j.in); in != nil && (!in.whole || in.mixed) {
				return true
			}
		}
	}
	return from.fakes.dot
}

// missingMember is a field or method that its type does not have.
func (j *judge) missingMember(path []ast.Node, found *verdict) bool {
	var owner types.Type
	var name *ast.Ident
	for i := len(path) - 1; i >= 0 && name == nil; i-- {
		switch node := path[i].(type) {
		case *ast.SelectorExpr:
			owner, name = j.info.TypeOf(node.X), node.Sel
		case *ast.KeyValueExpr:
			if literal, ok := path[i-1].(*ast.CompositeLit); ok {
				owner = j.info.TypeOf(literal)
				name, _ = node.Key.(*ast.Ident)
			}
		}
	}
	if name == nil || isUnknown(owner) {
		return false
	}
	named := namedOf(owner)
	if named == nil {
		return true
	}
	if named.Obj().Pkg() == nil {
		return true // error
	}
	in := j.folderOf(named.Obj().Pkg())
	if in == nil {
		return j.isInLibrary(named.Obj().Pkg())
	}
	own := named.Obj().Name()
	if j.wasDefined(in, own, name.Name, found) {
		return true
	}
	return in.whole && !in.elsewhere[own] && !in.elsewhere[own+"."+name.Name]
}

// isInLibrary tells whether what a package of the standard library lacks is missing for certain. It is
// not if the code is written for a newer one, and `syscall` differs between systems.
func (j *judge) isInLibrary(p *types.Package) bool {
	return j.project.library.packages[p.Path()] == p &&
		p.Path() != "syscall" && j.in.minor() > 0 && j.in.minor() <= j.project.minor
}

// wasDefined tells whether the old side has a name in a package, or a member of its type `owner`.
func (j *judge) wasDefined(in *folder, owner, name string, found *verdict) bool {
	object := j.project.was(in.dir, owner, name)
	if object == nil {
		return false
	}
	found.proved = true
	if owner != "" {
		name = owner + "." + name
	}
	found.gone = &definition{name, object.Pos()}
	return true
}

// was is what the old side defines in a folder, perhaps in its tests: a name, or a member of the type
// `owner`.
func (p *project) was(dir, owner, name string) types.Object {
	in := p.old.folders[dir]
	if in == nil || len(in.lib)+len(in.inside) == 0 {
		return nil
	}
	w := world{tree: p.old}
	if len(in.inside) > 0 {
		w.tested = in
	}
	old, _ := p.load(w, in)
	if old == nil {
		return nil
	}
	if owner == "" {
		return old.Scope().Lookup(name)
	}
	holder, ok := old.Scope().Lookup(owner).(*types.TypeName)
	if !ok {
		return nil
	}
	object, _, _ := types.LookupFieldOrMethod(holder.Type(), true, old, name)
	if object == nil || object.Pkg() == nil || p.folderOf(object.Pkg()) == nil {
		return nil
	}
	return object
}

// used are the objects that the innermost node uses, and then the types of these.
func (j *judge) used(path []ast.Node) (found []types.Object) {
	last := path[len(path)-1]
	if call, ok := last.(*ast.CallExpr); !ok && len(path) > 1 {
		switch above := path[len(path)-2].(type) {
		case *ast.CallExpr:
			last = above
		case ast.Stmt, *ast.ValueSpec:
			if _, isBlock := above.(*ast.BlockStmt); !isBlock {
				last = above
			}
		}
	} else if ok {
		last = call
	}
	var holders []types.Object
	ast.Inspect(last, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit, *ast.BlockStmt:
			return false
		case *ast.Ident:
			if object := j.info.Uses[node]; object != nil && object.Pkg() != nil {
				found = append(found, object)
				if named := namedOf(object.Type()); named != nil {
					holders = append(holders, named.Obj())
				}
			}
		}
		return true
	})
	return append(found, holders...)
}

func (j *judge) folderOf(p *types.Package) *folder { return j.project.folderOf(p) }

// folderOf is the folder of a package; nil for one of the library, or that is not here.
func (p *project) folderOf(of *types.Package) *folder {
	if p.library.packages[of.Path()] == of {
		return nil
	}
	name := strings.TrimSuffix(of.Path(), testsBeside)
	for _, t := range []*tree{p.new, p.old} {
		if found := t.byPath[name]; found != nil {
			return found
		}
		if found := t.folders[name]; found != nil {
			return found
		}
	}
	return nil
}

// namedOf is the type that has the members of a value.
func namedOf(t types.Type) *types.Named {
	for t != nil {
		switch found := t.(type) {
		case *types.Named:
			return found
		case *types.Pointer:
			t = found.Elem()
		case interface{ Rhs() types.Type }: // an alias
			t = found.Rhs()
		default:
			return nil
		}
	}
	return nil
}

func packageOf(t types.Type) *types.Package {
	if named := namedOf(t); named != nil {
		return named.Obj().Pkg()
	}
	return nil
}
