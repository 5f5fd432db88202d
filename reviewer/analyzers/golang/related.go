package main

import (
	"go/token"
	"go/types"
	"strings"
)

// related are the definitions that the change took away or altered, and that an error is about.
func (j *judge) related(judged verdict) (found []place) {
	if j.world.tree == j.project.old {
		return nil
	}
	if judged.gone != nil {
		if at, ok := j.place(judged.gone.pos, judged.gone.name); ok {
			at.Gone = true
			return []place{at}
		}
	}
	for _, object := range judged.objects {
		if at, ok := j.altered(object); ok {
			return []place{at}
		}
	}
	return nil
}

// altered is where an object is defined, if the change altered what it is to others.
func (j *judge) altered(object types.Object) (at place, ok bool) {
	in := j.folderOf(object.Pkg())
	if in == nil || !in.changed {
		return at, false
	}
	owner := ownerOf(object)
	if owner == "" && object.Parent() != object.Pkg().Scope() {
		return at, false
	}
	was := j.project.was(in.dir, owner, object.Name())
	if was == nil || shape(was) == shape(object) {
		return at, false
	}
	name := object.Name()
	if owner != "" {
		name = owner + "." + name
	}
	return j.place(object.Pos(), name)
}

// ownerOf is the type that an object is a method of; "" for none.
func ownerOf(object types.Object) string {
	function, ok := object.(*types.Func)
	if !ok {
		return ""
	}
	signature, ok := function.Type().(*types.Signature)
	if !ok || signature.Recv() == nil {
		return ""
	}
	if named := namedOf(signature.Recv().Type()); named != nil {
		return named.Obj().Name()
	}
	return ""
}

// shape is what an object is to others, as text.
func shape(object types.Object) string {
	byPath := func(p *types.Package) string { return p.Path() }
	if name, ok := object.(*types.TypeName); ok {
		text := types.TypeString(name.Type().Underlying(), byPath)
		if methods, ok := name.Type().(*types.Named); ok {
			for i := 0; i < methods.NumMethods(); i++ {
				text += ";" + methods.Method(i).Name() + types.TypeString(methods.Method(i).Type(), byPath)
			}
		}
		return text
	}
	return types.TypeString(object.Type(), byPath)
}

func (j *judge) place(pos token.Pos, name string) (at place, ok bool) {
	if !pos.IsValid() {
		return at, false
	}
	position := j.fset.PositionFor(pos, false)
	side, file, ok := strings.Cut(position.Filename, ":")
	if !ok || side != "old" && side != "new" {
		return at, false
	}
	return place{Side: side, File: file, Line: position.Line, Name: name}, true
}
