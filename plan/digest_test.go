package plan

import (
	"math"
	"reflect"
	"testing"
)

// sample is a plan with something in every corner. Each call makes a new one.
func sample() *Project {
	column := &Column{ID: 1, Name: "a", Type: Struct{Fields: []Field{{Name: "f", Type: Array{Elem: Decimal{Precision: 9, Scale: 2}}}}}}
	scan := &Scan{Common: Common{Out: []*Column{column}}, Format: "csv", Files: []File{{Path: "f", Size: 1, State: FileState{Changed: 5}, Partition: []string{"x"}}},
		Options: map[string]string{"header": "true", "sep": ";"}, Physical: []string{"a"}}
	local := &LocalData{Common: Common{Out: []*Column{{ID: 2, Name: "b", Type: Long}}}, Arrow: []byte("arrow")}
	join := &Join{Common: Common{Out: []*Column{column, local.Out[0]}}, Left: scan, Right: local, Cond: &Func{Name: "=", Type: Boolean, Args: []Expr{column, local.Out[0]}}}
	sub := &Subquery{Kind: InSubquery, Values: []Expr{column}, Plan: &Range{Common: Common{Out: []*Column{{ID: 3, Name: "id", Type: Long}}}, End: 9, Step: 1}}
	filter := &Filter{Common: join.Common, Input: join, Cond: sub}
	exprs := []Expr{&Alias{Expr: &Literal{Value: NewUnscaled(12), Type: Decimal{Precision: 3}}, Names: []string{"l"}, ID: 4}, column,
		&Alias{Expr: &Literal{Value: []any{int32(1), nil, "x"}, Type: Array{Elem: Int}}, ID: 5}}
	return &Project{Common: Common{Out: []*Column{}}, Input: filter, Exprs: exprs}
}

func TestDigest(t *testing.T) {
	first := DigestOf(sample())
	if again := DigestOf(sample()); !reflect.DeepEqual(first, again) {
		t.Error("one plan has two digests")
	}
	if !first.Fixed || len(first.Files) != 1 || first.Files[0].Path != "f" {
		t.Errorf("%+v", first)
	}
	moved := sample()
	moved.Pos, moved.PlanID = Pos{Src: &Source{Text: "SELECT"}, Stop: 3}, PlanID{ID: 3, Set: true}
	if DigestOf(moved).Sum != first.Sum {
		t.Error("where a plan was written counts")
	}
	known := map[[32]byte]string{first.Sum: "nothing"}
	at := func(p *Project) (*Filter, *Join, *Scan) {
		f := p.Input.(*Filter)
		return f, f.Input.(*Join), f.Input.(*Join).Left.(*Scan)
	}
	for name, change := range map[string]func(*Project){
		"a constant":         func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = NewUnscaled(13) },
		"a constant's sign":  func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = NewUnscaled(-12) },
		"a constant's type":  func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Type = Decimal{Precision: 4} },
		"NULL":               func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = nil },
		"another kind":       func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = int64(12) },
		"zero":               func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = 0.0 },
		"minus zero":         func(p *Project) { p.Exprs[0].(*Alias).Expr.(*Literal).Value = math.Copysign(0, -1) },
		"within an array":    func(p *Project) { p.Exprs[2].(*Alias).Expr.(*Literal).Value.([]any)[2] = "y" },
		"an array's length":  func(p *Project) { p.Exprs[2].(*Alias).Expr.(*Literal).Value = []any{int32(1), nil} },
		"no array":           func(p *Project) { p.Exprs[2].(*Alias).Expr.(*Literal).Value = []any(nil) },
		"an empty array":     func(p *Project) { p.Exprs[2].(*Alias).Expr.(*Literal).Value = []any{} },
		"a name":             func(p *Project) { p.Exprs[0].(*Alias).Names[0] = "m" },
		"an option's value":  func(p *Project) { _, _, s := at(p); s.Options["sep"] = "," },
		"an option's name":   func(p *Project) { _, _, s := at(p); delete(s.Options, "sep"); s.Options["sap"] = ";" },
		"no options":         func(p *Project) { _, _, s := at(p); s.Options = nil },
		"a file's size":      func(p *Project) { _, _, s := at(p); s.Files[0].Size = 2 },
		"a file's state":     func(p *Project) { _, _, s := at(p); s.Files[0].State.Changed = 6 },
		"a file's epoch":     func(p *Project) { _, _, s := at(p); s.Files[0].Epoch = 6 },
		"a file's partition": func(p *Project) { _, _, s := at(p); s.Files[0].Partition[0] = "y" },
		"a nested type": func(p *Project) {
			_, _, s := at(p)
			s.Out[0].Type = Struct{Fields: []Field{{Name: "f", Type: Array{Elem: Long}}}}
		},
		"which column":         func(p *Project) { _, j, _ := at(p); j.Cond.(*Func).Args[1] = j.Cond.(*Func).Args[0] },
		"the client's data":    func(p *Project) { _, j, _ := at(p); j.Right.(*LocalData).Arrow = []byte("error") },
		"the kind of a join":   func(p *Project) { _, j, _ := at(p); j.Type = LeftAntiJoin },
		"within a subquery":    func(p *Project) { f, _, _ := at(p); f.Cond.(*Subquery).Plan.(*Range).End = 10 },
		"the kind of subquery": func(p *Project) { f, _, _ := at(p); f.Cond.(*Subquery).Kind = ExistsSubquery },
		"a relation between":   func(p *Project) { p.Input = &Distinct{Common: *p.Input.Node(), Input: p.Input} },
		"without columns":      func(p *Project) { p.Input = &Distinct{Common: *p.Input.Node(), Input: p.Input, Columns: []Expr{}} },
	} {
		p := sample()
		change(p)
		d := DigestOf(p)
		if twin, ok := known[d.Sum]; ok {
			t.Errorf("%s has the digest of %s", name, twin)
		}
		known[d.Sum] = name
	}
}

// What is in a plan many times is written once.
func TestDigestOfSharedParts(t *testing.T) {
	var e Expr = &Literal{Value: int32(1), Type: Int}
	for range 1000 {
		e = &Func{Name: "+", Args: []Expr{e, e}, Type: Int}
	}
	if d := DigestOf(&Filter{Input: &OneRow{}, Cond: e}); !d.Fixed {
		t.Error("a sum of constants changes")
	}
}

func TestFixed(t *testing.T) {
	text := func(s string) Expr { return &Literal{Value: s, Type: String} }
	join := &Func{Name: "concat", Type: String, Args: []Expr{text("to"), text("day")}}
	for name, c := range map[string]struct {
		Relation
		fixed bool
	}{
		"a constant":                     {&Filter{Input: &OneRow{}, Cond: text("x")}, true},
		"a word of time":                 {&Filter{Input: &OneRow{}, Cond: text(" Today UTC")}, false},
		"a text that becomes a date":     {&Filter{Input: &OneRow{}, Cond: &Cast{Expr: join, To: Date}}, false},
		"a text that stays one":          {&Filter{Input: &OneRow{}, Cond: &Cast{Expr: join, To: String}}, true},
		"a column that becomes a date":   {&Filter{Input: &OneRow{}, Cond: &Cast{Expr: &Column{Type: String}, To: Date}}, true},
		"the time":                       {&Filter{Input: &OneRow{}, Cond: &Func{Name: "current_timestamp"}}, false},
		"chance, deep down":              {&Distinct{Input: &Filter{Input: &OneRow{}, Cond: &Func{Name: "not", Args: []Expr{&Func{Name: "rand"}}}}}, false},
		"chance, in a subquery":          {&Filter{Input: &OneRow{}, Cond: &Subquery{Plan: &Filter{Input: &OneRow{}, Cond: &Func{Name: "uuid"}}}}, false},
		"a sample":                       {&Sample{Input: &OneRow{}}, false},
		"Python":                         {&Filter{Input: &OneRow{}, Cond: &PythonUDF{}}, false},
		"what is not resolved":           {&Table{}, false},
		"what only the attached one has": {&OpaqueRelation{}, false},
		"much data":                      {&LocalData{Arrow: make([]byte, maxDigested+1)}, false},
		"data":                           {&LocalData{Arrow: make([]byte, 1000)}, true},
	} {
		if got := DigestOf(c.Relation).Fixed; got != c.fixed {
			t.Errorf("%s: fixed is %v", name, got)
		}
	}
}
