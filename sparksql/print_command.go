package sparksql

import (
	"strings"

	"shoal/plan"
)

// statement writes a query or a command.
//
//size:one case per node
func (w *printer) statement(s plan.Statement) {
	switch s := s.(type) {
	case plan.Relation:
		w.query(s)
	case *plan.CreateView:
		w.createView(s)
	case *plan.DropView:
		w.puts("DROP VIEW ")
		w.ifWord(s.IfExists, "IF EXISTS ")
		w.name(s.Name)
	case *plan.SetConf:
		w.setConf(s)
	case *plan.ResetConf:
		w.puts("RESET")
		if s.Key != "" {
			w.puts(" ", plan.Quote(s.Key))
		}
	case *plan.SetTimeZone:
		w.puts("SET TIME ZONE ")
		if s.Zone == "LOCAL" {
			w.puts("LOCAL")
		} else {
			w.quote(s.Zone)
		}
	case *plan.Use:
		w.puts(map[bool]string{true: "SET CATALOG ", false: "USE "}[s.Catalog])
		w.name(s.Name)
	case *plan.Show:
		w.show(s)
	case *plan.DeclareVariable:
		w.declare(s)
	case *plan.SetVariables:
		w.setVariables(s)
	case *plan.DropVariable:
		w.puts("DROP TEMPORARY VARIABLE ")
		w.ifWord(s.IfExists, "IF EXISTS ")
		w.name(s.Name)
	case *plan.ExecuteImmediate:
		w.executeImmediate(s)
	case *plan.DescribeTable:
		w.puts("DESCRIBE TABLE ")
		w.ifWord(s.Extended, "EXTENDED ")
		w.name(s.Name)
		if len(s.Column) > 0 {
			w.puts(" ")
			w.name(s.Column)
		}
	case *plan.DescribeQuery:
		w.puts("DESCRIBE QUERY ")
		w.query(s.Query)
	case *plan.DescribeFunction:
		w.puts("DESCRIBE FUNCTION ")
		w.ifWord(s.Extended, "EXTENDED ")
		if len(s.Name) == 1 {
			w.quote(s.Name[0])
		} else {
			w.name(s.Name)
		}
	case *plan.DescribeDatabase:
		w.puts("DESCRIBE SCHEMA ")
		w.ifWord(s.Extended, "EXTENDED ")
		w.name(s.Name)
	case *plan.Explain:
		w.puts("EXPLAIN ")
		w.ifWord(s.Mode != "simple", strings.ToUpper(s.Mode)+" ")
		w.statement(s.Statement)
	case *plan.WriteFiles:
		w.writeFiles(s)
	case *plan.CacheTable:
		w.cache(s)
	case *plan.OpaqueCommand:
		w.opaque(s.Pos, s.What, "")
	case *plan.CreateTable, *plan.DropTable, *plan.TruncateTable, *plan.Insert, *plan.AddColumns, *plan.RenameTable,
		*plan.SetProperties, *plan.CommentOn, *plan.ChangeRows, *plan.AlterColumn, *plan.AlterPartitions, *plan.AlterDatabase, *plan.CreateDatabase, *plan.DropDatabase, *plan.AlterView,
		*plan.CreateFunction, *plan.DropFunction:
		w.opaque(s.At(), "a statement about the catalog", "")
	}
}

func (w *printer) ifWord(cond bool, word string) {
	if cond {
		w.puts(word)
	}
}

func (w *printer) createView(v *plan.CreateView) {
	w.puts("CREATE ")
	w.ifWord(v.Replace, "OR REPLACE ")
	w.ifWord(v.Global, "GLOBAL ")
	w.ifWord(v.Temporary, "TEMPORARY ")
	w.puts("VIEW ")
	w.ifWord(v.IfNotExists, "IF NOT EXISTS ")
	w.name(v.Name)
	if r, ok := v.Query.(*plan.Read); ok {
		w.viewUsing(r)
		return
	}
	if len(v.Columns) > 0 {
		w.puts(" (")
		for i, c := range v.Columns {
			w.ifWord(i > 0, ", ")
			w.ident(c)
			if i < len(v.Comments) && v.Comments[i] != "" {
				w.puts(" COMMENT ")
				w.quote(v.Comments[i])
			}
		}
		w.puts(")")
	}
	if v.Comment != "" {
		w.puts(" COMMENT ")
		w.quote(v.Comment)
	}
	if v.Properties != nil {
		w.puts(" TBLPROPERTIES ")
		w.properties(v.Properties)
	}
	w.puts(" AS ")
	if v.Text != "" {
		w.puts(v.Text)
		return
	}
	w.query(v.Query)
}

func (w *printer) viewUsing(r *plan.Read) {
	if r.Schema != nil {
		w.puts(" (")
		list(w, r.Schema.Fields, ", ", func(f plan.Field) { w.field(f, " ") })
		w.puts(")")
	}
	w.puts(" USING ")
	w.ident(r.Format)
	w.options(r.Options, r.Paths)
}

// options writes OPTIONS (...), the first path among them.
func (w *printer) options(options map[string]string, paths []string) {
	if options == nil && paths == nil {
		return
	}
	all := map[string]string{}
	for k, v := range options {
		all[k] = v
	}
	if len(paths) > 0 {
		all["path"] = paths[0]
	}
	w.puts(" OPTIONS ")
	w.properties(all)
}

func (w *printer) setConf(s *plan.SetConf) {
	w.puts("SET")
	switch {
	case s.Verbose:
		w.puts(" -v")
	case s.Key == "" && s.Value == nil:
	default:
		w.puts(" ")
		if confKey.MatchString(s.Key) && !strings.EqualFold(s.Key, "role") {
			w.puts(s.Key)
		} else {
			w.puts(plan.Quote(s.Key))
		}
		if s.Value == nil {
			return
		}
		w.puts(" = ")
		if strings.Contains(*s.Value, ";") || strings.TrimSpace(*s.Value) != *s.Value {
			w.puts("`", *s.Value, "`")
		} else {
			w.puts(*s.Value)
		}
	}
}

func (w *printer) show(s *plan.Show) {
	w.puts("SHOW ")
	if s.Scope != "" {
		w.puts(s.Scope, " ")
	}
	w.puts(s.What)
	switch s.What {
	case "PARTITIONS", "TBLPROPERTIES", "CREATE TABLE":
		w.puts(" ")
		w.name(s.In)
		if s.Pattern != nil {
			w.puts(" (")
			w.quote(*s.Pattern)
			w.puts(")")
		}
		if len(s.Partition) > 0 {
			w.puts(" PARTITION (")
			list(w, s.Partition, ", ", w.partitionValue)
			w.puts(")")
		}
		return
	}
	if len(s.In) > 0 {
		w.puts(" IN ")
		w.name(s.In)
	}
	if s.Pattern != nil {
		w.puts(" LIKE ")
		w.quote(*s.Pattern)
	}
}

func (w *printer) partitionValue(v plan.PartitionValue) {
	w.ident(v.Name)
	if v.Value != nil {
		w.puts(" = ")
		w.expr(v.Value, precNone)
	}
}

func (w *printer) writeFiles(s *plan.WriteFiles) {
	w.puts("INSERT OVERWRITE DIRECTORY ")
	w.quote(s.Path)
	w.puts(" USING ")
	w.ident(s.Format)
	if len(s.Options) > 0 {
		w.options(s.Options, nil)
	}
	w.puts(" ")
	w.query(s.Query)
}

func (w *printer) cache(s *plan.CacheTable) {
	w.puts(s.What)
	if s.What == "CLEAR" {
		w.puts(" CACHE")
		return
	}
	w.ifWord(s.Lazy, " LAZY")
	w.puts(" TABLE ")
	w.ifWord(s.IfExists, "IF EXISTS ")
	w.name(s.Name)
	if s.Query != nil {
		w.puts(" AS ")
		w.query(s.Query)
	}
}

func (w *printer) declare(s *plan.DeclareVariable) {
	w.puts("DECLARE ")
	w.ifWord(s.Replace, "OR REPLACE ")
	w.puts("VARIABLE ")
	list(w, s.Names, ", ", w.name)
	if s.Type != nil {
		w.puts(" ")
		w.dataType(s.Type)
	}
	if s.Default != nil {
		w.puts(" DEFAULT ")
		w.expr(s.Default, 0)
	}
}

func (w *printer) setVariables(s *plan.SetVariables) {
	w.puts("SET VARIABLE ")
	if s.Query != nil {
		w.puts("(")
		list(w, s.Names, ", ", w.name)
		w.puts(") = ")
		w.parenQuery(s.Query)
		return
	}
	for i, name := range s.Names {
		if i > 0 {
			w.puts(", ")
		}
		w.name(name)
		w.puts(" = ")
		if s.Values[i] == nil {
			w.puts("DEFAULT")
		} else {
			w.expr(s.Values[i], 0)
		}
	}
}

func (w *printer) executeImmediate(s *plan.ExecuteImmediate) {
	w.puts("EXECUTE IMMEDIATE ")
	w.expr(s.Text, 0)
	if len(s.Into) > 0 {
		w.puts(" INTO ")
		list(w, s.Into, ", ", w.name)
	}
	if len(s.Args) > 0 {
		w.puts(" USING ")
		list(w, s.Args, ", ", func(e plan.Expr) { w.expr(e, 0) })
	}
}
