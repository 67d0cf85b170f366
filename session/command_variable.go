package session

// This file carries out what concerns session variables, and EXECUTE IMMEDIATE.

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// variablePath is where messages say that variables are looked for.
const variablePath = "`system`.`session`"

// declareVariable is DECLARE VARIABLE.
func (s *Session) declareVariable(ctx context.Context, c *plan.DeclareVariable) (*table, error) {
	if err := s.variablesHere(); err != nil {
		return nil, err
	}
	value := c.Default
	if value == nil {
		value = &plan.Literal{Pos: c.Pos, Type: plan.Null}
	}
	if c.Type != nil {
		value = &plan.Cast{Pos: c.Pos, Expr: value, To: c.Type}
	}
	var declared []*catalog.Variable
	for _, name := range c.Names {
		if !catalog.IsVariableName(name) {
			return nil, fault.New("UNRESOLVED_VARIABLE", "variableName", plan.QuoteParts(name), "searchPath", variablePath)
		}
		if _, exists := s.names.Variable(name); exists && !c.Replace {
			return nil, fault.New("VARIABLE_ALREADY_EXISTS", "variableName", variablePath+"."+plan.Quote(name[len(name)-1]))
		}
		row, err := s.oneRow(ctx, &plan.Project{Common: plan.Common{Pos: c.Pos}, Input: &plan.OneRow{}, Exprs: []plan.Expr{value}})
		if err != nil {
			return nil, err
		}
		declared = append(declared, &catalog.Variable{Name: name[len(name)-1], Type: row[0].Type, Default: c.Default, Value: row[0]})
	}
	return nothing(), s.keepVariables(ctx, declared...)
}

// setVariables is SET VARIABLE.
func (s *Session) setVariables(ctx context.Context, c *plan.SetVariables) (*table, error) {
	if err := s.variablesHere(); err != nil {
		return nil, err
	}
	known := make([]*catalog.Variable, len(c.Names))
	for i, name := range c.Names {
		v, ok := s.names.Variable(name)
		if !ok {
			return nil, fault.New("UNRESOLVED_VARIABLE", "variableName", plan.QuoteParts(name), "searchPath", strings.ToUpper(variablePath))
		}
		if slices.Contains(known[:i], v) {
			return nil, fault.New("DUPLICATE_ASSIGNMENTS", "nameList", plan.Quote(v.Name))
		}
		known[i] = v
	}
	if c.Query != nil {
		return nothing(), s.assignRow(ctx, known, c.Query, c.Pos)
	}
	p := &plan.Project{Common: plan.Common{Pos: c.Pos}, Input: &plan.OneRow{}}
	for i, e := range c.Values {
		if e == nil {
			e = known[i].Default
		}
		if e == nil {
			e = &plan.Literal{Pos: c.Pos, Type: plan.Null}
		}
		p.Exprs = append(p.Exprs, &plan.Cast{Pos: c.Pos, Expr: e, To: known[i].Type})
	}
	return nothing(), s.assign(ctx, known, p)
}

// assignRow gives variables the one row of a query, or NULL where it has none.
func (s *Session) assignRow(ctx context.Context, known []*catalog.Variable, query plan.Relation, pos plan.Pos) error {
	resolved, err := s.Analyze(ctx, query)
	if err != nil {
		return err
	}
	if n := len(plan.Output(resolved)); n != len(known) {
		return fault.New("ASSIGNMENT_ARITY_MISMATCH", "numExpr", strconv.Itoa(n), "numTarget", strconv.Itoa(len(known)))
	}
	alias := &plan.SubqueryAlias{Common: plan.Common{Pos: pos}, Input: query, Alias: "row"}
	p := &plan.Project{Common: plan.Common{Pos: pos}, Input: alias}
	for i, v := range known {
		name := "c" + strconv.Itoa(i)
		alias.Columns = append(alias.Columns, name)
		p.Exprs = append(p.Exprs, &plan.Cast{Pos: pos, Expr: &plan.Name{Pos: pos, Parts: []string{"row", name}}, To: v.Type})
	}
	return s.assign(ctx, known, p)
}

func (s *Session) assign(ctx context.Context, known []*catalog.Variable, values plan.Relation) error {
	row, err := s.oneRow(ctx, values)
	if err != nil {
		return err
	}
	changed := make([]*catalog.Variable, len(known))
	for i, v := range known {
		next := *v
		next.Value = &plan.Literal{Type: v.Type}
		if row != nil {
			next.Value = row[i]
		}
		changed[i] = &next
	}
	return s.keepVariables(ctx, changed...)
}

// oneRow runs a query that may give one row, and not more.
func (s *Session) oneRow(ctx context.Context, query plan.Relation) ([]*plan.Literal, error) {
	resolved, err := s.Analyze(ctx, &plan.Limit{Common: plan.Common{Pos: query.At()}, Input: query, Count: &plan.Literal{Value: int32(2), Type: plan.Int}})
	if err != nil {
		return nil, err
	}
	rows, err := s.literals(ctx, resolved)
	switch {
	case err != nil || len(rows) == 0:
		return nil, err
	case len(rows) > 1:
		return nil, fault.New("ROW_SUBQUERY_TOO_MANY_ROWS")
	}
	return rows[0], nil
}

// dropVariable is DROP TEMPORARY VARIABLE.
func (s *Session) dropVariable(ctx context.Context, c *plan.DropVariable) (*table, error) {
	if err := s.variablesHere(); err != nil {
		return nil, err
	}
	v, ok := s.names.Variable(c.Name)
	switch {
	case ok:
		s.names.DropVariable(v.Name)
		return nothing(), s.strike(ctx, entryVariable, strings.ToLower(v.Name))
	case c.IfExists:
		return nothing(), nil
	default:
		return nil, fault.New("VARIABLE_NOT_FOUND", "variableName", variablePath+"."+plan.Quote(c.Name[len(c.Name)-1]))
	}
}

// variablesHere refuses where an attached Spark keeps the variables: a session's are all in one place.
func (s *Session) variablesHere() error {
	if where, _ := s.place(); where != here && !s.names.HasVariables() {
		return fault.Unsupported("session variables, which the attached Spark keeps")
	}
	return nil
}

// savedVariable is a variable in the journal, as SQL.
type savedVariable struct{ Name, Type, Default, Value string }

func (s *Session) keepVariables(ctx context.Context, all ...*catalog.Variable) error {
	s.names.SetVariables(all...)
	for _, v := range all {
		saved := savedVariable{Name: v.Name, Type: plan.SQL(v.Type), Value: sparksql.Print(v.Value)}
		if v.Default != nil {
			saved.Default = sparksql.Print(v.Default)
		}
		payload, err := json.Marshal(saved)
		if err != nil {
			return err
		}
		if err := s.record(ctx, store.Entry{Kind: entryVariable, Key: strings.ToLower(v.Name), Payload: payload}, nil); err != nil {
			return err
		}
	}
	return nil
}

// restoreVariable makes a variable of the journal again.
func (s *Session) restoreVariable(ctx context.Context, payload []byte) error {
	var saved savedVariable
	if err := json.Unmarshal(payload, &saved); err != nil {
		return err
	}
	v := &catalog.Variable{Name: saved.Name}
	var err error
	if v.Type, err = sparksql.ParseType(saved.Type); err != nil {
		return err
	}
	if saved.Default != "" {
		if v.Default, err = sparksql.ParseExpr(saved.Default); err != nil {
			return err
		}
	}
	value, err := sparksql.ParseExpr(saved.Value)
	if err != nil {
		return err
	}
	row, err := s.oneRow(ctx, &plan.Project{Input: &plan.OneRow{}, Exprs: []plan.Expr{&plan.Cast{Expr: value, To: v.Type}}})
	if err == nil {
		v.Value = row[0]
		s.names.SetVariables(v)
	}
	return err
}

// executeImmediate is EXECUTE IMMEDIATE.
func (s *Session) executeImmediate(ctx context.Context, c *plan.ExecuteImmediate, q Query, acc *account) (*Result, error) {
	if err := s.variablesHere(); err != nil {
		return nil, err
	}
	sql, err := s.immediateText(ctx, c)
	if err != nil {
		return nil, err
	}
	st, err := s.immediate(ctx, sql, c)
	if err != nil {
		return nil, err
	}
	if len(c.Into) > 0 {
		query, ok := st.(plan.Relation)
		if !ok {
			return nil, fault.New("INVALID_STATEMENT_FOR_EXECUTE_INTO", "sqlString", strings.ToUpper(sql))
		}
		t, err := s.setVariables(ctx, &plan.SetVariables{CommandBase: c.CommandBase, Names: c.Into, Query: query})
		if err != nil {
			return nil, err
		}
		return t.result(acc)
	}
	switch st.(type) {
	case *plan.CreateView, *plan.CacheTable, *plan.WriteFiles:
		return nil, fault.Unsupported("EXECUTE IMMEDIATE of a statement that makes views or files") // the journal keeps requests
	}
	inner := q
	inner.Statement = st
	return s.runHere(ctx, inner, acc)
}

// immediateText is the text that EXECUTE IMMEDIATE runs.
func (s *Session) immediateText(ctx context.Context, c *plan.ExecuteImmediate) (string, error) {
	text, err := s.constants(ctx, c.Pos, c.Text)
	if err != nil {
		return "", err
	}
	if text[0].Type != plan.String {
		return "", fault.New("INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE", "exprType", `"`+plan.SQL(text[0].Type)+`"`)
	}
	sql, ok := text[0].Value.(string)
	if !ok {
		return "", fault.New("NULL_QUERY_STRING_EXECUTE_IMMEDIATE", "varName", plan.Quote(sparksql.Print(c.Text)))
	}
	return sql, nil
}

// immediate is the statement of EXECUTE IMMEDIATE, with its parameters in place.
func (s *Session) immediate(ctx context.Context, sql string, c *plan.ExecuteImmediate) (plan.Statement, error) {
	if err := CheckText(s.Conf().Settings(), sql); err != nil {
		return nil, err
	}
	args, err := s.parameters(ctx, c)
	if err != nil {
		return nil, err
	}
	st, err := sparksql.ParseWith(sql, args)
	if err != nil {
		return nil, immediateError(err)
	}
	if src := st.At().Src; src != nil {
		src.ObjectType = "EXECUTE IMMEDIATE"
	}
	if len(c.Args) == 0 {
		return st, nil
	}
	wantsNames, wantsPlaces := parametersOf(st)
	switch {
	case wantsNames && wantsPlaces:
		return nil, fault.New("INVALID_QUERY_MIXED_QUERY_PARAMETERS")
	case wantsNames && len(args.Named) < len(c.Args):
		var unnamed []string
		for _, e := range c.Args {
			if _, ok := e.(*plan.Alias); !ok {
				unnamed = append(unnamed, `"`+sparksql.Print(e)+`"`)
			}
		}
		return nil, fault.New("ALL_PARAMETERS_MUST_BE_NAMED", "exprs", strings.Join(unnamed, ", "))
	}
	return sparksql.Bind(st, args)
}

// immediateError says that a syntax error is of the text EXECUTE IMMEDIATE was given, all of it.
func immediateError(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		for i, c := range f.Context {
			if src := c.Pos.Src; src != nil {
				src.ObjectType = "EXECUTE IMMEDIATE"
				f.Context[i].Pos.Start, f.Context[i].Pos.Stop = 0, len(src.Text)
			}
		}
	}
	return err
}

// parameters are the values behind USING: by name, and all in order.
func (s *Session) parameters(ctx context.Context, c *plan.ExecuteImmediate) (out sparksql.Arguments, err error) {
	if len(c.Args) == 0 {
		return out, nil
	}
	bare := slices.Clone(c.Args)
	for i, e := range bare {
		if a, ok := e.(*plan.Alias); ok {
			bare[i] = a.Expr
		}
	}
	values, err := s.constants(ctx, c.Pos, bare...)
	if err != nil {
		return out, err
	}
	out.Named = map[string]plan.Expr{}
	for i, v := range values {
		out.Positional = append(out.Positional, v)
		if a, ok := c.Args[i].(*plan.Alias); ok {
			out.Named[a.Names[0]] = v
		}
	}
	return out, nil
}

// constants are the values of expressions over no table.
func (s *Session) constants(ctx context.Context, pos plan.Pos, exprs ...plan.Expr) ([]*plan.Literal, error) {
	return s.oneRow(ctx, &plan.Project{Common: plan.Common{Pos: pos}, Input: &plan.OneRow{}, Exprs: exprs})
}

// parametersOf tells which kinds of parameters a statement has.
func parametersOf(st plan.Statement) (named, positional bool) {
	walkNodes(st, func(node any) bool {
		if p, ok := node.(*plan.Param); ok {
			named = named || p.Name != ""
			positional = positional || p.Name == ""
		}
		return true
	})
	return named, positional
}
