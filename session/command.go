package session

// This file sends each command to where it is carried out: command_<family>.go.

import (
	"context"
	"os"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// command carries a command out and gives what it has to tell.
func (s *Session) command(ctx context.Context, c plan.Command, q Query, acc *account) (*Result, error) {
	acc.runs("session", "", engine.Estimate{})
	if e, ok := c.(*plan.ExecuteImmediate); ok {
		return s.executeImmediate(ctx, e, q, acc)
	}
	t, err := s.carryOut(ctx, c, q, acc)
	if err != nil {
		return nil, err
	}
	return t.result(acc)
}

// carryOut picks the command.
func (s *Session) carryOut(ctx context.Context, c plan.Command, q Query, acc *account) (*table, error) {
	//size: one case per command
	switch c := c.(type) {
	case *plan.CreateView:
		return s.createView(ctx, c, q)
	case *plan.DropView:
		return s.dropView(ctx, c)
	case *plan.AlterView:
		return s.alterView(ctx, c)
	case *plan.CreateFunction:
		return s.createFunction(ctx, c)
	case *plan.DropFunction:
		return s.dropFunction(ctx, c)
	case *plan.DeclareVariable:
		return s.declareVariable(ctx, c)
	case *plan.SetVariables:
		return s.setVariables(ctx, c)
	case *plan.DropVariable:
		return s.dropVariable(ctx, c)
	case *plan.SetConf:
		return s.setOrShowConf(ctx, c)
	case *plan.ResetConf:
		return s.resetConf(ctx, c)
	case *plan.SetTimeZone:
		return s.setTimeZone(ctx, c)
	case *plan.Use:
		return s.useNamespace(ctx, c)
	case *plan.Show:
		return s.show(ctx, c)
	case *plan.DescribeTable:
		return s.describeTable(ctx, c)
	case *plan.DescribeQuery:
		return s.describeQuery(ctx, c)
	case *plan.DescribeDatabase:
		return s.describeDatabase(c)
	case *plan.DescribeFunction:
		return s.describeFunction(c)
	case *plan.Explain:
		return s.explainStatement(ctx, c)
	case *plan.CacheTable:
		return s.cacheTable(ctx, c, q)
	case *plan.WriteFiles:
		if len(c.Table) > 0 {
			return s.saveTable(ctx, c, q, acc)
		}
		return s.onceOnly(ctx, q, func() (*table, error) { return s.writeFiles(ctx, c, q, acc) })
	case *plan.CreateTable:
		return s.createTable(ctx, c, q, acc)
	case *plan.DropTable:
		return s.dropTable(ctx, c)
	case *plan.TruncateTable:
		return s.truncateTable(ctx, c)
	case *plan.Insert:
		return s.insert(ctx, c, q, acc)
	case *plan.AddColumns:
		return s.addColumns(ctx, c)
	case *plan.RenameTable:
		return s.renameTable(ctx, c)
	case *plan.SetProperties:
		return s.setProperties(ctx, c)
	case *plan.ChangeRows:
		return s.changeRows(ctx, c)
	case *plan.CommentOn:
		return s.commentOn(ctx, c)
	case *plan.AlterColumn:
		return s.alterColumn(ctx, c)
	case *plan.AlterPartitions:
		return s.alterPartitions(ctx, c)
	case *plan.AlterDatabase:
		return s.alterDatabase(ctx, c)
	case *plan.CreateDatabase:
		return s.createDatabase(ctx, c)
	case *plan.DropDatabase:
		return s.dropDatabase(ctx, c)
	case *plan.OpaqueCommand:
		return nil, fault.Unsupported("%s", c.What)
	default:
		return nil, fault.Internalf("no way to carry out a %T", c)
	}
}

// nothing is the answer of a command that has nothing to tell.
func nothing() *table { return &table{} }

// warehouse is where Spark's own tables would be, as Spark writes it.
func (s *Session) warehouse() string {
	dir, _, _ := s.Conf().Lookup(confWarehouse)
	if len(dir) > 0 && dir[0] == '/' {
		return "file:" + dir
	}
	return dir
}

// owner is who runs the server.
func owner() string {
	if u := os.Getenv("USER"); u != "" {
		return u
	}
	return "root"
}
