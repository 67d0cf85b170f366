package session

// This file carries out EXPLAIN and the CACHE family, which change no answer.

import (
	"context"

	"shoal/fault"
	"shoal/plan"
)

// explainStatement is EXPLAIN. A query that cannot be analyzed is explained by its error.
func (s *Session) explainStatement(ctx context.Context, c *plan.Explain) (*table, error) {
	t := &table{columns: []plan.Field{textOrNull("plan")}}
	rel, ok := c.Statement.(plan.Relation)
	if !ok {
		t.add("== Physical Plan ==\nExecute " + kindOf(c.Statement) + "\n")
		return t, nil
	}
	drawn, err := s.Explain(ctx, rel, c.Mode)
	if err != nil {
		t.add("Error occurred during query planning: ")
		t.add(err.Error())
		return t, nil
	}
	t.add(drawn)
	return t, nil
}

// cacheTable is CACHE, UNCACHE, CLEAR CACHE and REFRESH.
func (s *Session) cacheTable(ctx context.Context, c *plan.CacheTable, q Query) (*table, error) {
	switch c.What {
	case "CLEAR":
		s.forgetPersisted()
		return nothing(), nil
	case "CACHE":
		if c.Query != nil {
			view := &plan.CreateView{CommandBase: c.CommandBase, Name: c.Name, Query: c.Query, Temporary: true}
			if _, err := s.createView(ctx, view, q); err != nil {
				return nil, err
			}
		}
	}
	key, err := s.tableFingerprint(ctx, c.Name, c.NamePos)
	if err != nil {
		if c.IfExists && isNotFound(err) {
			return nothing(), nil
		}
		return nil, err
	}
	switch c.What {
	case "CACHE":
		s.Persist(key, DefaultStorage)
	case "UNCACHE":
		s.Unpersist(key)
	}
	return nothing(), nil
}

// tableFingerprint is what a table or view is persisted under.
func (s *Session) tableFingerprint(ctx context.Context, name []string, at plan.Pos) (string, error) {
	resolved, err := s.Analyze(ctx, &plan.Table{Common: plan.Common{Pos: at}, Name: name})
	if err != nil {
		return "", err
	}
	return Fingerprint(resolved), nil
}

func isNotFound(err error) bool {
	f, ok := err.(*fault.Error)
	return ok && f.Class == "TABLE_OR_VIEW_NOT_FOUND"
}
