package session

// This file carries out the commands in which an attached Spark has a say: those it alone
// understands, and those that change what it must know of the session.

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// runThere runs a query on the attached Spark. What changes the session is written down, too.
func (s *Session) runThere(ctx context.Context, q Query, acc *account, why string) (*Result, error) {
	if q.Undecoded != nil {
		result, err := s.forward(ctx, q, acc, why, nil)
		if err == nil && q.Forward.Changed != nil && q.Forward.Changed() {
			err = s.turnOpaque(ctx, "a statement Shoal does not understand")
		}
		return result, err
	}
	change, err := s.changeOf(q)
	if err != nil {
		return nil, err
	}
	if change == nil {
		return s.forward(ctx, q, acc, why, nil)
	}
	q.leaves = change.leaves
	if change.view != nil {
		change.known = s.understands(ctx, change.view)
	}
	return s.forward(ctx, q, acc, why, func(ctx context.Context) (engine.Done, error) { return s.note(ctx, q, change) })
}

// change is what a forwarded command changes of the session.
type change struct {
	kind     string // of journal entry
	key      string
	view     *plan.CreateView
	known    bool     // the view is one that the engines of this process can read, too
	database []string // the name
	global   bool
	gone     string // the global temporary view of that name is no more what it was
	function string
	drop     bool
	opaque   string
	leaves   string // the view that stands there even if the rest fails
}

// changeOf tells what a command that runs elsewhere changes of the session; nil is nothing.
func (s *Session) changeOf(q Query) (*change, error) {
	if name, ok := globalOf(q.Statement); ok {
		return &change{gone: name}, nil
	}
	switch c := q.Statement.(type) {
	case *plan.CreateView:
		if !c.Temporary && !c.Global || len(c.Name) != 1 {
			return nil, nil
		}
		if _, exists := s.temp(c.Name[0], c.Global); exists && !c.Replace {
			return nil, fault.New("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.Quote(c.Name[0]))
		}
		return &change{kind: entryView, key: strings.ToLower(c.Name[0]), view: c, global: c.Global}, nil
	case *plan.CacheTable:
		if c.Query == nil || len(c.Name) != 1 {
			return nil, nil
		}
		if _, exists := s.temp(c.Name[0], false); exists {
			return nil, fault.New("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.Quote(c.Name[0]))
		}
		view := &plan.CreateView{CommandBase: c.CommandBase, Name: c.Name, Query: c.Query, Temporary: true}
		return &change{kind: entryView, key: strings.ToLower(c.Name[0]), view: view, leaves: c.Name[0]}, nil
	case *plan.AlterView:
		if s.isTemp(c.Name) {
			return &change{opaque: "ALTER VIEW of a temporary view"}, nil
		}
		return nil, nil
	case *plan.Use:
		if c.Catalog && !strings.EqualFold(c.Name[0], catalog.SparkCatalog) {
			return &change{opaque: "USE of another catalog"}, nil
		}
		return &change{kind: entryDatabase, database: c.Name}, nil
	case *plan.CatalogQuery:
		return catalogChange(c)
	case *plan.DeclareVariable:
		return &change{opaque: "DECLARE VARIABLE"}, nil
	case *plan.SetVariables, *plan.DropVariable:
		return &change{opaque: "a session variable"}, nil
	case *plan.ExecuteImmediate:
		return &change{opaque: "EXECUTE IMMEDIATE"}, nil
	case *plan.CreateFunction:
		return opaqueChange(&plan.OpaqueCommand{CommandBase: c.CommandBase, What: "CREATE FUNCTION"}), nil
	case *plan.DropFunction:
		return opaqueChange(&plan.OpaqueCommand{CommandBase: c.CommandBase, What: "DROP FUNCTION"}), nil
	case *plan.OpaqueCommand:
		return opaqueChange(c), nil
	}
	return nil, nil
}

// catalogChange is changeOf for calls of spark.catalog.
func catalogChange(c *plan.CatalogQuery) (*change, error) {
	switch c.Op {
	case "set_current_database":
		name, err := sparksql.ParseName(c.Args["db_name"])
		return &change{kind: entryDatabase, database: name}, err
	case "set_current_catalog":
		if !strings.EqualFold(c.Args["catalog_name"], catalog.SparkCatalog) {
			return &change{opaque: "setCurrentCatalog"}, nil
		}
	}
	return nil, nil
}

// temporaryFunction finds what CREATE and DROP TEMPORARY FUNCTION name.
var temporaryFunction = regexp.MustCompile("(?is)^\\s*(CREATE(?:\\s+OR\\s+REPLACE)?|DROP)\\s+TEMP(?:ORARY)?\\s+FUNCTION\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?`?([\\w]+)`?")

// Statements of which Shoal knows that they leave the session as it is: they read, or change what
// all sessions of the server share.
var shared = []string{
	"ALTER", "ANALYZE", "COMMENT", "CREATE DATABASE", "CREATE NAMESPACE", "CREATE SCHEMA", "CREATE TABLE", "CREATE FUNCTION",
	"CREATE INDEX", "CREATE MATERIALIZED", "REPLACE TABLE", "DELETE", "DESCRIBE", "DROP DATABASE", "DROP NAMESPACE", "DROP SCHEMA", "DROP TABLE",
	"DROP FUNCTION", "DROP INDEX", "INSERT", "LIST", "LOAD DATA", "MERGE", "MSCK", "REPAIR", "SHOW", "TRUNCATE", "UPDATE",
}

// asking begin the commands that may run twice.
var asking = []string{"DESCRIBE", "LIST", "SHOW", "get_resources_command", "checkpoint_command", plan.RegisterFunction}

// messages are the protocol's commands that leave the session as it is, or change only what the
// server alone can hold and names by ids of its own: models, checkpoints, streams.
var messages = []string{
	"write_operation", "write_operation_v2", "write with clustering columns", "write_stream_operation_start", "streaming_query_command",
	"get_resources_command", "streaming_query_manager_command", "streaming_query_listener_bus_command",
	"create_resource_profile_command", "checkpoint_command", "remove_cached_remote_relation_command",
	"merge_into_table_command", "ml_command", "execute_external_command", "pipeline_command", "command over DataFrames",
}

// opaqueChange is changeOf for statements that are only recognised.
func opaqueChange(c *plan.OpaqueCommand) *change {
	text := c.Pos.Text()
	switch {
	case c.What == plan.RegisterFunction:
		return &change{kind: entryFunction, key: strings.ToLower(c.Name), function: c.Name}
	case c.What == plan.RegisterDataSource:
		return &change{kind: entryStatement, key: "data source " + strings.ToLower(c.Name)}
	case strings.HasPrefix(c.What, "ADD"):
		return &change{kind: entryStatement, key: text}
	case slices.Contains(messages, c.What):
		return nil
	}
	if m := temporaryFunction.FindStringSubmatch(text); m != nil {
		return &change{kind: entryFunction, key: strings.ToLower(m[2]), function: m[2], drop: strings.EqualFold(m[1], "DROP")}
	}
	if slices.ContainsFunc(shared, func(beginning string) bool { return strings.HasPrefix(c.What, beginning) }) {
		return nil
	}
	return &change{opaque: c.What}
}

// note writes a change down that the attached Spark has made, and makes it here.
func (s *Session) note(ctx context.Context, q Query, c *change) (done engine.Done, err error) {
	if c.opaque != "" {
		return done, s.turnOpaque(ctx, c.opaque)
	}
	if c.gone != "" {
		s.names.DropView(c.gone, true)
		return done, nil
	}
	conf := s.Conf()
	under := made{Conf: conf.set, Database: s.currentDatabase(), In: s.names.Database(), Foreign: !c.known}
	entry := store.Entry{Kind: c.kind, Key: c.key, Payload: q.Raw}
	switch {
	case c.database != nil:
		name := plan.QuoteParts(c.database)
		entry.Payload = []byte(name)
		done.Database = name
		s.enterDatabase(name)
	case c.view != nil:
		if c.view.Text == "" {
			under.Uses = s.viewsIn(c.view.Query)
		}
		view := c.view
		if !c.known {
			view = foreignView(view)
		}
		if err := s.define(view, conf.Settings(), under.In, true); err != nil || c.global {
			return done, err
		}
		done.View = c.key
	case c.function != "":
		s.names.SetFunction(c.function, !c.drop)
	}
	if entry.Context, err = json.Marshal(under); err != nil {
		return done, err
	}
	done.Step, err = s.recordStep(ctx, entry, under.Uses)
	return done, err
}

// understands tells whether a view that is made on the attached Spark, because the session's queries run there, can be read
// here when they no longer do.
func (s *Session) understands(ctx context.Context, v *plan.CreateView) bool {
	if s.opaqueBecause() != "" {
		return false
	}
	resolved, err := s.analyze(ctx, v.Query, s.Conf().Settings(), nil)
	return err == nil && s.checkViewColumns(v, "", plan.Output(resolved)) == nil
}

// foreignView stands here for a view that only the attached Spark understands: what reads it goes there.
func foreignView(c *plan.CreateView) *plan.CreateView {
	return &plan.CreateView{CommandBase: c.CommandBase, Name: c.Name, Temporary: true, Global: c.Global,
		Query: &plan.OpaqueRelation{What: "the view " + plan.QuoteParts(c.Name) + ", which only the attached Spark understands", Of: c.Query}}
}

// enterDatabase makes a database current that the attached Spark has; name is as SQL writes it.
func (s *Session) enterDatabase(name string) {
	if parts, err := sparksql.ParseName(name); err == nil {
		s.names.Enter(parts[len(parts)-1])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema = name
	s.version++
}

func (s *Session) currentDatabase() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.schema
}

// turnOpaque pins the session to the attached Spark, which alone knows now what it is.
func (s *Session) turnOpaque(ctx context.Context, why string) error {
	if s.opaqueBecause() != "" {
		return nil
	}
	s.mu.Lock()
	s.opaque = why
	s.mu.Unlock()
	s.room.Log.Info("session is opaque", "session", s.Key.ID, "user", s.Key.User, "why", why)
	_, err := s.recordStep(ctx, store.Entry{Kind: entryOpaque, Payload: []byte(why)}, nil)
	return err
}

// keepsHere are the commands that are carried out here wherever the session's queries run: what
// they change is brought to the attached Spark with the next request.
func (s *Session) keepsHere(st plan.Statement) bool {
	if name, ok := globalOf(st); ok {
		view, known := s.temp(name, true)
		return known && !view.There
	}
	switch c := st.(type) {
	case *plan.SetConf:
		return c.Value != nil
	case *plan.ResetConf, *plan.SetTimeZone:
		return true
	case *plan.DropView:
		return s.isTemp(c.Name)
	case *plan.DropTable: // a temporary view comes before a table of the same name
		if s.isTemp(c.Name) {
			return true
		}
	case *plan.CatalogQuery:
		if c.Op == "drop_temp_view" {
			return s.isTemp([]string{c.Args["view_name"]})
		}
	case *plan.DeclareVariable, *plan.SetVariables, *plan.DropVariable, *plan.ExecuteImmediate:
		if s.names.HasVariables() {
			return true
		}
	}
	return len(s.ownIn(st).changes) > 0 && s.opaqueBecause() == ""
}

// asksThere are the requests that the attached Spark answers even where others are answered here:
// only it knows all names.
func (s *Session) asksThere(st plan.Statement) bool {
	if _, ok := globalOf(st); ok {
		return !s.keepsHere(st)
	}
	switch c := st.(type) {
	case *plan.Show, *plan.DescribeDatabase, *plan.DescribeFunction, *plan.Use:
		return true
	case *plan.CreateView:
		return c.Global
	case *plan.SetConf:
		return c.Verbose
	case *plan.CatalogQuery:
		switch c.Op {
		case "drop_temp_view", "is_cached", "cache_table", "uncache_table", "refresh_table", "clear_cache", "refresh_by_path",
			"current_database", "current_catalog":
			return false
		}
		return true
	}
	return false
}

// final tells whether a query must not run twice: it changes what outlives the session.
func final(q Query) bool {
	switch c := q.Statement.(type) {
	case nil:
		return q.Forward.Request == nil || q.Forward.Command
	case *plan.WriteFiles, *plan.ExecuteImmediate, *plan.CreateTable, *plan.DropTable, *plan.TruncateTable, *plan.Insert, *plan.AddColumns,
		*plan.RenameTable, *plan.SetProperties, *plan.CommentOn, *plan.ChangeRows, *plan.AlterColumn, *plan.AlterPartitions, *plan.AlterDatabase, *plan.CreateDatabase, *plan.DropDatabase, *plan.AlterView,
		*plan.CreateFunction, *plan.DropFunction:
		return true
	case *plan.OpaqueCommand:
		return !slices.ContainsFunc(asking, func(beginning string) bool { return strings.HasPrefix(c.What, beginning) })
	}
	return false
}
