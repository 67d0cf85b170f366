package session

// This file makes and drops temporary views.

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// createView is CREATE TEMPORARY VIEW, and df.createTempView.
func (s *Session) createView(ctx context.Context, c *plan.CreateView, q Query) (*table, error) {
	if !c.Temporary && !c.Global {
		return s.createStoredView(ctx, c)
	}
	name := c.Name[len(c.Name)-1]
	if len(c.Name) > 1 {
		return nil, fault.New("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "actualName", plan.QuoteParts(c.Name)).At(c.Pos)
	}
	if _, exists := s.temp(name, c.Global); exists && !c.Replace {
		return nil, fault.New("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.Quote(name))
	}
	if err := s.onlyHere(name, c.Global); err != nil {
		return nil, err
	}
	conf := s.Conf()
	resolved, err := s.analyze(ctx, c.Query, conf.Settings(), nil)
	if err != nil {
		return nil, err
	}
	if err := s.checkViewColumns(c, plan.Quote(name), plan.Output(resolved)); err != nil {
		return nil, err
	}
	uses := s.viewsIn(c.Query)
	if c.Text != "" {
		// SQL views are looked up by name again at each use; a view over itself would never end.
		if slices.Contains(s.reachable(uses), strings.ToLower(name)) && !c.Global {
			return nil, fault.New("RECURSIVE_VIEW", "viewIdent", plan.Quote(name),
				"newPath", plan.Quote(name)+" -> "+plan.Quote(name))
		}
		uses = nil
	}
	if err := s.define(c, conf.Settings(), s.names.Database(), false); err != nil {
		return nil, err
	}
	if c.Global {
		return nothing(), nil // it belongs to the server, and lives as long, as in Spark
	}
	under, err := json.Marshal(made{Conf: conf.set, Uses: uses, Database: s.currentDatabase(), In: s.names.Database()})
	if err != nil {
		return nil, err
	}
	entry := store.Entry{Kind: entryView, Key: strings.ToLower(name), Payload: q.Raw, Context: under}
	return nothing(), s.record(ctx, entry, uses)
}

// temp finds a temporary view by its plain name.
func (s *Session) temp(name string, global bool) (*catalog.View, bool) {
	if global {
		return s.names.View([]string{catalog.GlobalTemp, name})
	}
	return s.names.View([]string{name})
}

// onlyHere refuses to change a global temporary view here that the attached Spark has, too.
func (s *Session) onlyHere(name string, global bool) error {
	if view, known := s.temp(name, global); known && view.There {
		return fault.Unsupported("the attached Spark has the view %s, too, and has to be told", plan.QuoteParts([]string{catalog.GlobalTemp, name}))
	}
	return nil
}

// globalOf is the global temporary view that a command is about which changes or drops one.
func globalOf(st plan.Statement) (view string, ok bool) {
	var name []string
	switch c := st.(type) {
	case *plan.DropView:
		name = c.Name
	case *plan.AlterView:
		name = c.Name
	case *plan.DropTable:
		name = c.Name
	case *plan.CatalogQuery:
		return c.Args["view_name"], c.Op == "drop_global_temp_view"
	}
	if len(name) == 2 && strings.EqualFold(name[0], catalog.GlobalTemp) {
		return name[1], true
	}
	return "", false
}

// isTemp tells whether a name is that of a temporary view of the session's.
func (s *Session) isTemp(name []string) bool {
	_, exists := s.temp(name[0], false)
	return exists && len(name) == 1
}

// define registers a view; there says that the attached Spark has it, too. One made by DataFrame code means the views it reads as
// they are now; one made by SQL looks them up by name each time.
func (s *Session) define(c *plan.CreateView, under plan.Settings, database string, there bool) error {
	view := &catalog.View{
		Name: c.Name, Columns: c.Columns, Comments: c.Comments, Query: c.Query,
		Settings: under, Text: c.Text, Global: c.Global, There: c.Global && there, Database: database,
	}
	switch {
	case c.Text != "":
		view.Query = viewBody(c)
	case len(s.viewsIn(c.Query)) > 0:
		view.Scope = s.names.Clone()
	}
	return s.names.SetView(view, true)
}

// viewBody is a view's query read again from its own text: errors in it are told as of the view.
func viewBody(c *plan.CreateView) plan.Relation {
	body, err := sparksql.ParseQuery(c.Text)
	if err != nil || body.At().Src == nil || holdsParam(body) {
		return c.Query // its parameters have values in c only
	}
	src := body.At().Src
	src.ObjectType, src.ObjectName = "VIEW", c.Name[len(c.Name)-1]
	if c.Global {
		src.ObjectName = catalog.GlobalTemp + "." + src.ObjectName
	}
	return body
}

func holdsParam(rel plan.Relation) (found bool) {
	walkNodes(rel, func(node any) bool {
		_, param := node.(*plan.Param)
		found = found || param
		return !found
	})
	return found
}

// checkViewColumns compares the columns a view declares with those it has.
func (s *Session) checkViewColumns(c *plan.CreateView, name string, out []*plan.Column) error {
	if c.Text != "" && len(c.Columns) == 0 {
		sensitive := s.Conf().isTrue(confCaseSensitive)
		for i, col := range out {
			if slices.ContainsFunc(out[:i], func(d *plan.Column) bool {
				return d.Name == col.Name || !sensitive && strings.EqualFold(d.Name, col.Name)
			}) {
				return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(col.Name)))
			}
		}
	}
	if len(c.Columns) == 0 || len(c.Columns) == len(out) {
		return nil
	}
	quoted := func(names []string) string {
		all := make([]string, len(names))
		for i, n := range names {
			all[i] = plan.Quote(n)
		}
		return strings.Join(all, ", ")
	}
	data := make([]string, len(out))
	for i, col := range out {
		data[i] = col.Name
	}
	class := "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
	if len(c.Columns) < len(out) {
		class = "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
	}
	return fault.New(class, "viewName", name, "viewColumns", quoted(c.Columns), "dataColumns", quoted(data)).At(c.Pos)
}

// dropView is DROP VIEW, and spark.catalog.dropTempView.
func (s *Session) dropView(ctx context.Context, c *plan.DropView) (*table, error) {
	dropped, err := s.dropTemp(ctx, c.Name, false)
	if err != nil || dropped {
		return nothing(), err
	}
	if dropped, err := s.dropStoredView(ctx, c.Name); dropped || err != nil {
		return nothing(), err
	}
	if t, ok := s.names.Stored(c.Name); ok {
		return nil, fault.New("WRONG_COMMAND_FOR_OBJECT_TYPE", "operation", "DROP VIEW", "requiredType", "VIEW",
			"foundType", t.Kind(), "objectName", strings.Join(t.Qualified(), "."), "alternative", "DROP TABLE")
	}
	if c.IfExists {
		return nothing(), nil
	}
	return nil, fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(s.qualified(c.Name)))
}

// dropTemp drops a temporary view, if there is one.
func (s *Session) dropTemp(ctx context.Context, name []string, global bool) (bool, error) {
	if len(name) == 2 && strings.EqualFold(name[0], catalog.GlobalTemp) {
		name, global = name[1:], true
	}
	if len(name) != 1 {
		return false, nil
	}
	if err := s.onlyHere(name[0], global); err != nil {
		return false, err
	}
	if !s.names.DropView(name[0], global) {
		return false, nil
	}
	if global {
		return true, nil
	}
	key := strings.ToLower(name[0])
	if err := s.strike(ctx, entryView, key); err != nil {
		return true, err
	}
	if !s.hasEntry(entryView, key) {
		return true, nil
	}
	// A view that others were made from stays in the journal, and so must its end.
	return true, s.record(ctx, store.Entry{Kind: entryView, Key: key}, []string{key})
}

// viewsIn lists the temporary views that a plan reads by name, in lower case. A name that a
// common table expression hides is listed, too, which does no harm.
func (s *Session) viewsIn(rel plan.Relation) []string {
	var found []string
	walkNodes(rel, func(node any) bool {
		if t, ok := node.(*plan.Table); ok && len(t.Name) == 1 {
			if _, exists := s.temp(t.Name[0], false); exists {
				found = append(found, strings.ToLower(t.Name[0]))
			}
		}
		return true
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// definitions are the names of common table expressions, in lower case.
type definitions map[string]bool

// definedIn lists those of a plan.
func definedIn(st plan.Statement) definitions {
	defined := definitions{}
	walkNodes(st, func(node any) bool {
		if w, ok := node.(*plan.With); ok {
			defined.add(w)
		}
		return true
	})
	return defined
}

func (d definitions) add(w *plan.With) {
	for _, def := range w.Defs {
		d[strings.ToLower(def.Name)] = true
	}
}

// holds tells whether a name is, or may be, one of them.
func (d definitions) holds(t *plan.Table) bool {
	return len(t.Name) == 1 && d[strings.ToLower(t.Name[0])]
}

// walkNodes visits every node of an unresolved plan once, those inside expressions included, until
// visit says no. It goes by reflection: package plan lists the parts of resolved nodes only.
func walkNodes(rel plan.Statement, visit func(node any) bool) {
	seen := map[any]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if v.IsNil() || seen[v.Interface()] {
				return
			}
			seen[v.Interface()] = true
			if visit(v.Interface()) {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			if k := v.Type().Elem().Kind(); k == reflect.Uint8 || k == reflect.String {
				return
			}
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(rel))
}

// reachable adds the views that SQL views read, at any depth.
func (s *Session) reachable(names []string) []string {
	all := slices.Clone(names)
	for i := 0; i < len(all); i++ {
		view, ok := s.temp(all[i], false)
		if !ok || view.Text == "" {
			continue
		}
		for _, n := range s.viewsIn(view.Query) {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all
}
