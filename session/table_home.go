package session

// This file keeps Shoal's own tables and an attached Spark apart: the server does not know them, so
// what names one is answered here or refused, and never looked up in the wrong catalog.

import (
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// ownIn names a table of Shoal's own that a statement reads or changes, nil for none.
func (s *Session) ownIn(st plan.Statement) (name []string) {
	if st == nil || !s.room.Catalog.Owns() {
		return nil
	}
	look := func(n []string) {
		if t, ok := s.shown(n); ok && name == nil {
			name = t.Qualified()
		}
	}
	walkNodes(st, func(node any) bool {
		//size: one case per statement
		switch c := node.(type) {
		case *plan.Table:
			look(c.Name)
		case *plan.Insert:
			look(c.Table)
		case *plan.WriteFiles:
			look(c.Table)
		case *plan.DropTable:
			look(c.Name)
		case *plan.TruncateTable:
			look(c.Name)
		case *plan.AddColumns:
			look(c.Name)
		case *plan.RenameTable:
			look(c.Name)
		case *plan.SetProperties:
			look(c.Name)
		case *plan.DescribeTable:
			look(c.Name)
		case *plan.Show:
			look(c.In)
		case *plan.CatalogQuery:
			if n, err := sparksql.ParseName(c.Args["table_name"]); err == nil {
				look(n)
			}
		}
		return true
	})
	return name
}

// notThere refuses to send a statement that names a table of Shoal's own to the attached Spark.
func (s *Session) notThere(st plan.Statement, why string) error {
	name := s.ownIn(st)
	if name == nil {
		return nil
	}
	return fault.Unsupported("%s is a table of Shoal's own, which the attached Spark does not know (%s)", plan.QuoteParts(name), why)
}
