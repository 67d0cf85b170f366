package connect

// This file decodes SQL text: as a relation, as a command, and with DataFrames it names.

import (
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/sparksql"
)

// sqlText is a text with its arguments. Old clients send literals, new ones expressions; SQL and
// SqlCommand have the same fields.
type sqlText interface {
	GetArgs() map[string]*sparkpb.Expression_Literal
	GetPosArgs() []*sparkpb.Expression_Literal
	GetNamedArguments() map[string]*sparkpb.Expression
	GetPosArguments() []*sparkpb.Expression
}

// statement parses text and puts the arguments in place of its parameters.
func (d *decoder) statement(text string, args sqlText) plan.Statement {
	text, err := d.substituted(text)
	if err != nil {
		d.fail(err)
		return nil
	}
	values := sparksql.Arguments{Named: map[string]plan.Expr{}}
	for name, l := range args.GetArgs() {
		values.Named[name] = d.literal(l)
	}
	for name, e := range args.GetNamedArguments() {
		values.Named[name] = d.expr(e)
	}
	for _, l := range args.GetPosArgs() {
		values.Positional = append(values.Positional, d.literal(l))
	}
	values.Positional = append(values.Positional, d.exprs(args.GetPosArguments())...)
	if d.err != nil {
		return nil
	}
	out, err := sparksql.ParseWith(text, values)
	if err == nil && len(values.Named)+len(values.Positional) > 0 {
		out, err = sparksql.Bind(out, values)
	}
	if err != nil {
		d.fail(err)
		return nil
	}
	return out
}

// sqlRelation is a query as text, inside a plan.
func (d *decoder) sqlRelation(c plan.Common, s *sparkpb.SQL) plan.Relation {
	return d.queryOnly(c, d.statement(s.GetQuery(), s))
}

// queryOnly gives a parsed query the identity of the relation it came in.
func (d *decoder) queryOnly(c plan.Common, s plan.Statement) plan.Relation {
	switch s := s.(type) {
	case nil:
		return nil
	case plan.Relation:
		if c.PlanID.Set {
			s.Node().PlanID = c.PlanID // fresh from the parser: nobody else holds it
		}
		return s
	default:
		return &plan.OpaqueRelation{Common: c, What: "command within a query"}
	}
}

// withRelations is either SQL text that names DataFrames, or a plan whose subquery expressions
// refer to others by plan id.
func (d *decoder) withRelations(c plan.Common, w *sparkpb.WithRelations) plan.Relation {
	if w.GetRoot().GetSql() != nil {
		return d.queryOnly(c, d.sqlWithFrames(w))
	}
	out := &plan.SubqueryRefs{Common: c, Input: d.relation(w.GetRoot())}
	for _, r := range w.GetReferences() {
		out.Refs = append(out.Refs, d.relation(r))
	}
	return out
}

// sqlWithFrames makes each named DataFrame a common table expression around the query.
func (d *decoder) sqlWithFrames(w *sparkpb.WithRelations) plan.Statement {
	sql := w.GetRoot().GetSql()
	s := d.statement(sql.GetQuery(), sql)
	var defs []plan.CTE
	for _, r := range w.GetReferences() {
		alias := r.GetSubqueryAlias()
		if alias == nil {
			d.bad("a DataFrame in SQL text has no name")
			return nil
		}
		defs = append(defs, plan.CTE{Name: alias.GetAlias(), Plan: d.relation(alias.GetInput())})
	}
	query, ok := s.(plan.Relation)
	switch {
	case d.err != nil:
		return nil
	case len(defs) == 0:
		return s
	case !ok:
		return &plan.OpaqueCommand{What: "command over DataFrames"}
	}
	return &plan.With{Input: query, Defs: defs}
}

// sqlCommand covers both shapes: input (4.x clients), or the text in the command (3.5).
func (d *decoder) sqlCommand(c *sparkpb.SqlCommand) plan.Statement {
	if c.GetInput() == nil {
		return d.statement(c.GetSql(), c)
	}
	if !d.enter() {
		return nil
	}
	defer d.leave()
	id := common(c.GetInput().GetCommon())
	var s plan.Statement
	switch x := c.GetInput().GetRelType().(type) {
	case *sparkpb.Relation_Sql:
		s = d.statement(x.Sql.GetQuery(), x.Sql)
	case *sparkpb.Relation_WithRelations:
		if x.WithRelations.GetRoot().GetSql() == nil {
			d.bad("a SQL command holds no SQL text")
			return nil
		}
		s = d.sqlWithFrames(x.WithRelations)
	default:
		d.bad("a SQL command holds no SQL text")
		return nil
	}
	if r, ok := s.(plan.Relation); ok && d.err == nil {
		return d.queryOnly(id, r)
	}
	return s
}
