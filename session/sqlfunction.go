package session

// This file makes and drops functions written in SQL.

import (
	"context"
	"maps"
	"strings"
	"time"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// createFunction is CREATE FUNCTION.
func (s *Session) createFunction(ctx context.Context, c *plan.CreateFunction) (*table, error) {
	if err := s.tablesElsewhere("CREATE FUNCTION"); err != nil {
		return nil, err
	}
	f := &catalog.Function{Name: strings.ToLower(c.Name[len(c.Name)-1]), Table: c.Table, Returns: c.Returns, Text: c.Text, Query: c.Query != nil,
		Comment: c.Comment, Conf: maps.Clone(s.Conf().set), In: s.names.Database(), Created: time.Now()}
	var was *catalog.Function
	if c.Temporary {
		was, _ = s.names.TempFunction(c.Name)
	} else {
		t, err := s.newTable(c.Name)
		if err != nil {
			return nil, err
		}
		f.Database = t.Database
		was, _ = s.names.StoredFunction(c.Name)
	}
	if err := signature(f, c); err != nil {
		return nil, err
	}
	if was != nil && c.IfNotExists {
		return nothing(), nil
	}
	if err := s.checkFunction(ctx, f, c); err != nil {
		return nil, err
	}
	if was != nil && !c.Replace {
		return nil, fault.New("ROUTINE_ALREADY_EXISTS", "routineName", plan.QuoteParts(f.Qualified()[min(1, len(f.Qualified())-1):]), "newRoutineType", "routine", "existingRoutineType", "routine")
	}
	if !c.Temporary {
		return nothing(), s.room.Catalog.ChangeFunction(ctx, was, f)
	}
	payload, err := catalog.FormatFunction(f)
	if err != nil {
		return nil, err
	}
	s.names.SetTempFunction(f.Name, f)
	return nothing(), s.record(ctx, store.Entry{Kind: entryWritten, Key: f.Name, Payload: payload}, nil)
}

// signature checks a function's parameters and columns.
func signature(f *catalog.Function, c *plan.CreateFunction) error {
	seen := map[string]bool{}
	for i, p := range c.Params {
		if seen[strings.ToLower(p.Name)] {
			return fault.New("DUPLICATE_ROUTINE_PARAMETER_NAMES", "routineName", f.Name, "names", plan.Quote(strings.ToLower(p.Name)))
		}
		seen[strings.ToLower(p.Name)] = true
		param := catalog.FunctionParam{Name: p.Name, Type: p.Type, Comment: p.Comment}
		if p.Default != nil {
			if holdsQuery(p.Default) {
				return fault.New("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION", "functionName", f.Name, "parameterName", p.Name)
			}
			text := p.Text
			param.Default = &text
		} else if i > 0 && c.Params[i-1].Default != nil {
			return fault.New("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION", "functionName", f.Name,
				"parameterName", c.Params[i-1].Name, "nextParameterName", p.Name)
		}
		f.Params = append(f.Params, param)
		if err := plainStrings(p.Type); err != nil {
			return err
		}
	}
	if c.Returns != nil {
		return plainStrings(c.Returns)
	}
	if c.Table && c.Columns != nil {
		seen := map[string]bool{}
		for _, col := range c.Columns {
			if seen[strings.ToLower(col.Name)] {
				return fault.New("DUPLICATE_ROUTINE_RETURNS_COLUMNS", "routineName", f.Name, "columns", plan.Quote(strings.ToLower(col.Name)))
			}
			seen[strings.ToLower(col.Name)] = true
		}
		f.Returns = plan.Struct{Fields: c.Columns}
	}
	return nil
}

// plainStrings refuses CHAR and VARCHAR.
func plainStrings(t plan.Type) error {
	switch t.(type) {
	case plan.Char, plan.Varchar:
		return fault.New("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
	}
	return nil
}

func holdsQuery(e plan.Expr) (found bool) {
	plan.Walk(e, func(x plan.Expr) bool {
		_, ok := x.(*plan.Subquery)
		found = found || ok
		return !found
	})
	return found
}

// checkFunction resolves a function's body, and takes its type from it if it has none.
func (s *Session) checkFunction(ctx context.Context, f *catalog.Function, c *plan.CreateFunction) error {
	use := &functionUse{s: s, f: f}
	if err := use.body(f, s.names, []*catalog.Function{f}); err != nil {
		return err
	}
	f.Reads = c.Access == "READS SQL DATA" || c.Access == "" && use.reads
	t, err := analyze.Function(ctx, f, s.env(s.Conf().Settings()), c.Pos)
	if err != nil {
		return err
	}
	if use.reads && c.Access == "CONTAINS SQL" {
		return fault.New("INVALID_SQL_FUNCTION_DATA_ACCESS")
	}
	if f.Returns == nil {
		f.Returns = t
	}
	return nil
}

// functionUse finds what a function's body uses: itself, tables, what is temporary.
type functionUse struct {
	s     *Session
	f     *catalog.Function // that is being made
	reads bool
}

func (u *functionUse) body(f *catalog.Function, names *catalog.Names, path []*catalog.Function) (err error) {
	var body plan.Statement
	if f.Query {
		body, err = sparksql.ParseQuery(f.Text)
	} else {
		var e plan.Expr
		e, err = sparksql.ParseExpr(f.Text)
		body = &plan.Project{Input: &plan.OneRow{}, Exprs: []plan.Expr{e}}
	}
	if err != nil {
		return err
	}
	defined := definedIn(body)
	walkNodes(body, func(node any) bool {
		switch n := node.(type) {
		case *plan.Table:
			if !defined.holds(n) {
				u.reads = u.reads || len(path) == 1
				err = u.temporary("VIEW", n.Name, path)
			}
		case *plan.Call:
			if !n.Operator {
				err = u.call(n.Name, names, path)
			}
		case *plan.TableFunc:
			err = u.call(n.Name, names, path)
		}
		return err == nil
	})
	return err
}

// temporary refuses to let a lasting function use what is temporary.
func (u *functionUse) temporary(kind string, name []string, path []*catalog.Function) error {
	if u.f.Database == "" || len(path) > 1 {
		return nil
	}
	_, there := u.s.names.View(name)
	if kind == "FUNCTION" {
		_, there = u.s.names.TempFunction(name)
	}
	if !there {
		return nil
	}
	return fault.New("INVALID_TEMP_OBJ_REFERENCE", "obj", "FUNCTION", "objName", plan.QuoteParts(u.f.Qualified()),
		"tempObj", kind, "tempObjName", plan.QuoteParts(name))
}

func (u *functionUse) call(name []string, names *catalog.Names, path []*catalog.Function) error {
	if err := u.temporary("FUNCTION", name, path); err != nil {
		return err
	}
	next, ok := names.TempFunction(name)
	if !ok {
		if next, ok = names.StoredFunction(name); !ok {
			return nil
		}
	}
	if next.Database == u.f.Database && next.Name == u.f.Name {
		var steps []string
		for _, f := range append(path, next) {
			steps = append(steps, strings.Join(f.Qualified(), "."))
		}
		return fault.New("CYCLIC_FUNCTION_REFERENCE", "path", strings.Join(steps, " -> "))
	}
	u.reads = u.reads || next.Reads && len(path) == 1
	if len(path) > 100 {
		return nil
	}
	in := names
	if next.Database != "" {
		in = names.Shared(next.In)
	}
	return u.body(next, in, append(path[:len(path):len(path)], next))
}

// dropFunction is DROP FUNCTION.
func (s *Session) dropFunction(ctx context.Context, c *plan.DropFunction) (*table, error) {
	if err := s.tablesElsewhere("DROP FUNCTION"); err != nil {
		return nil, err
	}
	name := c.Name[len(c.Name)-1]
	if c.Temporary {
		if _, ok := s.names.TempFunction(c.Name); ok {
			s.names.SetTempFunction(name, nil)
			return nothing(), s.strike(ctx, entryWritten, strings.ToLower(name))
		}
		if c.IfExists {
			return nothing(), nil
		}
		return nil, fault.New("ROUTINE_NOT_FOUND", "routineName", plan.Quote(name))
	}
	f, ok := s.names.StoredFunction(c.Name)
	switch {
	case ok:
		return nothing(), s.room.Catalog.ChangeFunction(ctx, f, nil)
	case len(c.Name) == 1 && isBuiltin(name):
		return nil, fault.New("FORBIDDEN_OPERATION", "statement", "DROP", "objectType", "FUNCTION", "objectName", plan.Quote(name))
	case c.IfExists:
		return nothing(), nil
	}
	return nil, s.noFunction(c.Name).At(c.Pos)
}
