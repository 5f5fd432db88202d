package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"time"
)

// report is what is printed: what is wrong with the new side, and what was wrong with the old one
// before, in the same folders.
type report struct {
	Errors  []finding
	Ignored []finding
	Left    []string // folders that were not checked, for lack of time
	Newer   []string // folders of a newer language than the toolchain knows
	Checked int      // packages
}

type finding struct {
	Side    string // "old" or "new"
	File    string
	Line    int
	End     int
	Rule    string
	Message string
	Name    string // the function whose error is ignored
	Proved  bool
	Related []place
}

type place struct {
	Side string
	File string
	Line int
	Name string
	Gone bool
}

func review(asked *request) *report {
	fset := token.NewFileSet()
	p := &parsed{fset, map[*byte]*source{}}
	old, now := newTree(asked, "old", p), newTree(asked, "new", p)
	work := &project{
		fset:     fset,
		library:  newLibrary(asked, fset),
		old:      old,
		new:      now,
		packages: map[string]*types.Package{},
		affected: map[string]bool{},
		calls:    map[string]*calls{},
		deadline: time.Now().Add(time.Duration(asked.Seconds * float64(time.Second))),
		minor:    newest(asked.Tags),
	}
	work.prepare()
	found := &report{}
	broken := map[string]bool{}
	for _, in := range work.targets(now) {
		if time.Now().After(work.deadline) {
			found.Left = append(found.Left, in.dir)
			continue
		}
		if in.minor() > work.minor {
			found.Newer = append(found.Newer, in.dir)
			continue
		}
		errors, ignored := work.examine(now, in)
		found.Checked++
		found.Errors = append(found.Errors, errors...)
		found.Ignored = append(found.Ignored, ignored...)
		broken[in.dir] = len(errors) > 0
	}
	found.Ignored = work.unusual(found.Ignored)
	if len(found.Errors) > 0 {
		for _, in := range work.targets(old) {
			if gone := now.folders[in.dir]; broken[in.dir] || in.changed && (gone == nil || len(gone.lib) == 0) {
				errors, _ := work.examine(old, in)
				found.Errors = append(found.Errors, errors...)
			}
		}
	}
	return found
}

// newest is 27 for the tags of Go 1.27.
func newest(tags []string) (minor int) {
	for _, tag := range tags {
		if rest := strings.TrimPrefix(tag, "go1."); rest != tag {
			if n := number(rest); n > minor {
				minor = n
			}
		}
	}
	return minor
}

func number(digits string) (n int) {
	for _, digit := range digits {
		if digit < '0' || digit > '9' || n > 1<<20 {
			return 0
		}
		n = 10*n + int(digit-'0')
	}
	return n
}

// targets are the folders that the change may have broken: its own, then those that import them.
func (p *project) targets(t *tree) []*folder {
	distance := map[*folder]int{}
	for _, in := range t.folders {
		if in.mixed || len(in.lib)+len(in.inside)+len(in.beside) == 0 {
			continue
		}
		switch {
		case in.changed:
			distance[in] = 0
		case p.affected[in.dir]:
			distance[in] = 1
		default:
			tests := append(append([]*source{}, in.inside...), in.beside...)
			for _, next := range t.imports(in, tests) {
				if p.affected[next.dir] {
					distance[in] = 2
				}
			}
			if _, ok := distance[in]; !ok {
				continue
			}
		}
	}
	var found []*folder
	for in := range distance {
		found = append(found, in)
	}
	sort.Slice(found, func(a, b int) bool {
		if distance[found[a]] != distance[found[b]] {
			return distance[found[a]] < distance[found[b]]
		}
		return found[a].dir < found[b].dir
	})
	return found
}

// examine checks the packages of a folder, with their tests and with the bodies of functions.
func (p *project) examine(t *tree, in *folder) (errors, ignored []finding) {
	w := world{tree: t}
	if len(in.inside) > 0 {
		w.tested = in
	}
	together := append(append([]*source{}, in.lib...), in.inside...)
	for i, files := range [][]*source{together, in.beside} {
		if len(files) == 0 || isBroken(files) {
			continue
		}
		name := in.path
		if name == "" {
			name = in.dir
		}
		if i == 1 {
			name += testsBeside
		}
		more, left := p.examineFiles(w, in, name, files)
		errors = append(errors, more...)
		ignored = append(ignored, left...)
	}
	return errors, ignored
}

func isBroken(files []*source) bool {
	for _, each := range files {
		if each.broken {
			return true
		}
	}
	return false
}

func (p *project) examineFiles(
	w world, in *folder, name string, files []*source,
) (errors, ignored []finding) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	var raised []types.Error
	checked := p.check(w, in, name, files, info, func(err types.Error) { raised = append(raised, err) })
	j := &judge{p, w, in, info, p.fset, checked}
	byName := map[string]*source{}
	for _, each := range files {
		byName[p.fset.File(each.ast.Package).Name()] = each
	}
	for _, err := range raised {
		if !err.Pos.IsValid() {
			continue
		}
		from := byName[p.fset.File(err.Pos).Name()]
		if from == nil {
			continue
		}
		if judged, ok := j.judged(err, from); ok {
			errors = append(errors, j.finding(err, from, judged))
		}
	}
	if w.tree == p.new {
		ignored = j.ignored(files)
	}
	return errors, ignored
}

func (j *judge) finding(err types.Error, from *source, judged verdict) finding {
	at := spanOf(err)
	start := j.line(err.Pos)
	return finding{
		Side:    j.world.name,
		File:    from.file.Name,
		Line:    start,
		End:     max(start, min(j.line(at.end), start+maxLines)),
		Rule:    judged.rule,
		Message: err.Msg,
		Proved:  judged.proved,
		Related: j.related(judged),
	}
}

const maxLines = 20 // of a finding

func (j *judge) line(pos token.Pos) int { return j.fset.PositionFor(pos, false).Line }

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
