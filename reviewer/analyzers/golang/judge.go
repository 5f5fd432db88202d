package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"strings"
)

type span struct{ start, end token.Pos }

// spanOf is where an error is.
func spanOf(err types.Error) span {
	value := reflect.ValueOf(err)
	start, end := value.FieldByName("go116start"), value.FieldByName("go116end")
	if !start.IsValid() || !end.IsValid() || start.Int() == 0 || end.Int() < start.Int() {
		return span{err.Pos, err.Pos + 1}
	}
	found := span{token.Pos(start.Int()), token.Pos(end.Int())}
	if found.start == found.end {
		found.end++ // or else what ends before it would contain it
	}
	return found
}

// judge decides which errors of a package are errors of its code, and not of what we have of it.
type judge struct {
	project *project
	world   world
	in      *folder
	info    *types.Info
	fset    *token.FileSet
	checked *types.Package
}

// verdict is what an error is about.
type verdict struct {
	rule    string
	proved  bool           // by what the change took away
	objects []types.Object // that the code uses here, if they are of the repository
	gone    *definition    // that it used
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

// judged is the verdict on an error; false for one that may come from what is not here.
func (j *judge) judged(err types.Error, from *source) (verdict, bool) {
	found := verdict{rule: rules[code(err)]}
	at := spanOf(err)
	path := pathTo(from.ast, at)
	if found.rule == "" || len(path) == 0 || strings.HasPrefix(err.Msg, "\t") {
		return found, false
	}
	ok := false
	switch found.rule {
	case "removed-package":
		ok = j.removedPackage(err, &found)
	case "undefined-name":
		ok = j.undefined(path, from, &found)
	case "missing-member":
		ok = j.missingMember(path, &found)
	case "unused-name":
		ok = !isNamed(from.ast, err)
	case "missing-return", "duplicate-name":
		ok = true
	case "wrong-argument-count", "wrong-result-count":
		ok = !j.isUnknownCount(path, at)
	case "missing-method":
		ok = !j.isUnknownUse(path, at) && j.missingMethod(err, path, &found)
	default:
		ok = !j.isUnknownOperand(path) && (!assigns[code(err)] || !j.isUnknownUse(path, at))
	}
	found.objects = append(found.objects, j.used(path)...)
	return found, ok
}

// removedPackage is an import of a package of the repository that this side no longer has.
func (j *judge) removedPackage(err types.Error, found *verdict) bool {
	name := quoted.FindStringSubmatch(err.Msg)
	text := strings.TrimPrefix(err.Msg, "could not import ")
	text, _, _ = strings.Cut(text, " (")
	if name != nil {
		text = name[1]
	}
	was := j.project.old.byPath[text]
	if j.world.tree == j.project.old || was == nil || j.project.new.byPath[text] != nil || was.module == nil {
		return false
	}
	if j.in.module == nil || was.module.Path != j.in.module.Path {
		return false
	}
	if now := j.project.new.folders[was.dir]; now != nil && !now.whole {
		return false
	}
	found.proved = true
	found.gone = &definition{name: text, pos: was.lib[0].ast.Name.Pos()}
	return true
}

// isUnknownCount tells whether a number of values that does not fit is unknown: one of them may stand
// for several.
func (j *judge) isUnknownCount(path []ast.Node, at span) bool {
	var values []ast.Expr
	switch node := container(path, at).(type) {
	case *ast.CallExpr:
		values = node.Args
	case *ast.ReturnStmt:
		values = node.Results
	case *ast.AssignStmt:
		values = node.Rhs
	case *ast.ValueSpec:
		values = node.Values
	}
	return len(values) == 1 && isUnknownValue(j.info, values[0])
}

// isUnknownOperand tells whether something unknown takes part in an operation.
func (j *judge) isUnknownOperand(path []ast.Node) bool {
	return j.isAnyUnknown(operands(path[len(path)-1]))
}

// isUnknownUse tells whether a value, or what it is used as, is unknown.
func (j *judge) isUnknownUse(path []ast.Node, at span) bool {
	last := path[len(path)-1]
	value, isValue := last.(ast.Expr)
	if isValue && isUnknownValue(j.info, value) {
		return true
	}
	switch node := container(path, at).(type) {
	case *ast.CallExpr:
		return j.isUnknownParameter(node, last)
	case *ast.ReturnStmt:
		fields := results(path)
		for i := 0; fields != nil && i < len(fields.List); i++ {
			if isUnknownValue(j.info, fields.List[i].Type) {
				return true
			}
		}
		return false
	case *ast.CompositeLit:
		return isUnknownValue(j.info, node)
	case *ast.KeyValueExpr:
		return len(path) > 2 && j.isAnyUnknown(operands(path[len(path)-3]))
	case ast.Stmt, *ast.ValueSpec:
		return j.isAnyUnknown(operands(node))
	}
	return false
}

func (j *judge) isAnyUnknown(exprs []ast.Expr) bool {
	for _, each := range exprs {
		if isUnknownValue(j.info, each) {
			return true
		}
	}
	return false
}

// container is the innermost node that is more than the span.
func container(path []ast.Node, at span) ast.Node {
	last := path[len(path)-1]
	if len(path) > 1 && last.Pos() == at.start && last.End() == at.end {
		return path[len(path)-2]
	}
	return last
}

// operands are the values that a node is made of.
func operands(node ast.Node) []ast.Expr {
	switch node := node.(type) {
	case *ast.BinaryExpr:
		return []ast.Expr{node.X, node.Y}
	case *ast.UnaryExpr:
		return []ast.Expr{node.X}
	case *ast.StarExpr:
		return []ast.Expr{node.X}
	case *ast.CallExpr:
		return append([]ast.Expr{node.Fun}, node.Args...)
	case *ast.IndexExpr:
		return []ast.Expr{node.X, node.Index}
	case *ast.TypeAssertExpr:
		if node.Type == nil {
			return []ast.Expr{node.X}
		}
		return []ast.Expr{node.X, node.Type}
	case *ast.KeyValueExpr:
		return []ast.Expr{node.Value}
	case *ast.CompositeLit:
		return []ast.Expr{node}
	case *ast.AssignStmt:
		if node.Tok == token.DEFINE {
			return node.Rhs
		}
		return append(append([]ast.Expr{}, node.Lhs...), node.Rhs...)
	case *ast.ValueSpec:
		if node.Type == nil {
			return node.Values
		}
		return append([]ast.Expr{node.Type}, node.Values...)
	case *ast.ReturnStmt:
		return node.Results
	case *ast.SendStmt:
		return []ast.Expr{node.Chan, node.Value}
	case *ast.RangeStmt:
		return []ast.Expr{node.X}
	case *ast.ExprStmt:
		return []ast.Expr{node.X}
	case *ast.CaseClause:
		return node.List
	case ast.Expr:
		return []ast.Expr{node}
	}
	return nil
}

func (j *judge) isUnknownParameter(call *ast.CallExpr, argument ast.Node) bool {
	if isUnknownValue(j.info, call.Fun) {
		return true
	}
	signature, ok := j.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return false // a conversion
	}
	for i, each := range call.Args {
		if each != argument {
			continue
		}
		if last := signature.Params().Len() - 1; last >= 0 {
			if i > last {
				i = last
			}
			return isUnknown(signature.Params().At(i).Type())
		}
	}
	return false
}

// results are those of the function around a node.
func results(path []ast.Node) *ast.FieldList {
	for i := len(path) - 1; i >= 0; i-- {
		switch node := path[i].(type) {
		case *ast.FuncLit:
			return node.Type.Results
		case *ast.FuncDecl:
			return node.Type.Results
		}
	}
	return nil
}
