package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// matters lists functions of the library whose error nobody may ignore: what they were to do is then not
// done, and the code goes on as if it were.
var matters = map[string]bool{
	"(*bufio.Writer).Flush":           true,
	"(*database/sql.DB).Exec":         true,
	"(*database/sql.DB).ExecContext":  true,
	"(*database/sql.Row).Scan":        true,
	"(*database/sql.Rows).Scan":       true,
	"(*database/sql.Stmt).Exec":       true,
	"(*database/sql.Tx).Commit":       true,
	"(*database/sql.Tx).Exec":         true,
	"(*encoding/gob.Decoder).Decode":  true,
	"(*encoding/json.Decoder).Decode": true,
	"(*encoding/xml.Decoder).Decode":  true,
	"encoding/binary.Read":            true,
	"encoding/json.Unmarshal":         true,
	"encoding/xml.Unmarshal":          true,
	"io.ReadFull":                     true,
	"os.Chdir":                        true,
	"os.Link":                         true,
	"os.Mkdir":                        true,
	"os.MkdirAll":                     true,
	"os.Rename":                       true,
	"os.Symlink":                      true,
	"os.WriteFile":                    true,
}

// calls counts the calls of a function of the repository, and those whose error is ignored.
type calls struct{ all, ignored int }

const enough = 3 // calls that look at the error, for one that does not to stand out

// ignored are the calls, as a statement of their own, of functions whose last result is an error.
func (j *judge) ignored(files []*source) (found []finding) {
	for _, from := range files {
		ast.Inspect(from.ast, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				if callee := j.callee(node); callee != nil && fails(callee.Type()) {
					j.count(callee).all++
				}
			case *ast.ExprStmt:
				call, ok := node.X.(*ast.CallExpr)
				if !ok {
					return true
				}
				if callee := j.callee(call); callee != nil && fails(callee.Type()) {
					j.count(callee).ignored++
					if at, ok := j.ignoring(call, callee, from); ok {
						found = append(found, at)
					}
				}
			}
			return true
		})
	}
	return found
}

func (j *judge) count(callee *types.Func) *calls {
	name := callee.FullName()
	if j.project.calls[name] == nil {
		j.project.calls[name] = &calls{}
	}
	return j.project.calls[name]
}

func (j *judge) ignoring(call *ast.CallExpr, callee *types.Func, from *source) (at finding, ok bool) {
	if callee.Pkg() == nil || strings.HasSuffix(from.file.Name, "_test.go") {
		return at, false
	}
	at = finding{
		Side: "new",
		File: from.file.Name,
		Line: j.line(call.Pos()),
		End:  j.line(call.End()),
		Rule: "ignored-error",
		Name: callee.FullName(),
	}
	in := j.folderOf(callee.Pkg())
	if in == nil {
		return at, matters[at.Name]
	}
	was, ok := j.project.was(in.dir, ownerOf(callee), callee.Name()).(*types.Func)
	at.Proved = ok && !fails(was.Type())
	if related, ok := j.place(callee.Pos(), callee.Name()); ok {
		at.Related = []place{related}
	}
	return at, true
}

// unusual are those of the ignored errors that are no habit of the repository.
func (p *project) unusual(ignored []finding) (kept []finding) {
	for _, at := range ignored {
		count := p.calls[at.Name]
		if at.Proved || at.Related == nil || count.ignored == 1 && count.all > enough {
			kept = append(kept, at)
		}
	}
	return kept
}

// callee is the function or method that is called, nil if only the run shows which.
func (j *judge) callee(call *ast.CallExpr) *types.Func {
	expr := call.Fun
	for {
		switch inner := expr.(type) {
		case *ast.ParenExpr:
			expr = inner.X
		case *ast.IndexExpr:
			expr = inner.X
		case *ast.IndexListExpr:
			expr = inner.X
		case *ast.SelectorExpr:
			expr = inner.Sel
		case *ast.Ident:
			found, _ := j.info.Uses[inner].(*types.Func)
			return found
		default:
			return nil
		}
	}
}

// fails tells whether the last result of a function is an error.
func fails(t types.Type) bool {
	signature, ok := t.(*types.Signature)
	if !ok || signature.Results().Len() == 0 {
		return false
	}
	last := signature.Results().At(signature.Results().Len() - 1)
	return types.Identical(last.Type(), types.Universe.Lookup("error").Type())
}
