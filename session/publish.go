package session

// This file brings Shoal's own tables to an attached Spark: its catalog gets a table over each one's folder, so that
// names mean the same to both. Only Shoal's engine changes such tables.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// published is what the attached Spark's catalog has been told of, by the name of the table.
type published struct {
	turn sync.Mutex   // held while it is told
	seen atomic.Int64 // the catalog's version then

	mu    sync.Mutex
	marks map[string]string
	not   map[string]error // why it could not be told of a table
}

// shelfState is the state of the session that tells the attached Spark of tables: nothing is set in it.
var shelfState = engine.State{Version: 1}

// publish brings the attached Spark's catalog in step. anew asks the server what it has, which may have been started again.
func (s *Session) publish(ctx context.Context, anew bool) error {
	p := &s.room.published
	version := s.room.Catalog.Version()
	if !anew && p.seen.Load() == version {
		return nil
	}
	tables, databases := s.room.Catalog.All()
	ghosts := s.room.Catalog.Ghosts()
	shelf, ok := s.shelf.(engine.Tables)
	if !ok || len(tables)+len(databases)+len(ghosts) == 0 {
		return nil
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	for _, d := range databases {
		if !anew && p.told(d, d) {
			continue
		}
		p.tell(d, d, shelf.PublishDatabase(ctx, shelfState, d))
	}
	for _, t := range tables {
		name := strings.Join(t.Qualified(), ".")
		mark := markOf(t)
		if !anew && p.told(name, mark) {
			continue
		}
		if err := s.room.Catalog.Publishing(ctx, t); err != nil {
			return err
		}
		err := shelf.Publish(ctx, shelfState, engine.Publication{Name: t.Qualified(), Mark: mark, Create: createPublished(t, mark)})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.tell(name, mark, err)
	}
	for _, ghost := range ghosts {
		if err := shelf.Withdraw(ctx, shelfState, ghost); err != nil {
			return err
		}
		if err := s.room.Catalog.Withdrawn(ctx, ghost); err != nil {
			return err
		}
		p.tell(strings.Join(ghost, "."), "", nil)
	}
	p.seen.Store(version)
	return nil
}

// told tells whether the server knows a table as it is, or refused it.
func (p *published) told(name, mark string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.marks[name] == mark
}

func (p *published) tell(name, mark string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.marks == nil {
		p.marks, p.not = map[string]string{}, map[string]error{}
	}
	p.marks[name] = mark
	delete(p.not, name)
	if err != nil {
		p.not[name] = err
	}
}

// why is the reason that the server does not have a table, nil if it has.
func (p *published) why(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.not[name]
}

// markOf is another text when a table, or its definition, is another.
func markOf(t *catalog.Stored) string {
	sum := sha256.Sum256([]byte(createPublished(t, "")))
	return engine.MarkPrefix + t.ID + ":" + hex.EncodeToString(sum[:8])
}

// createPublished is the statement that makes the attached Spark's table.
func createPublished(t *catalog.Stored, mark string) string {
	copied := *t
	copied.External = true // the files stay Shoal's
	copied.Properties = maps.Clone(t.Properties)
	if copied.Properties == nil {
		copied.Properties = map[string]string{}
	}
	copied.Properties[engine.MarkProperty] = mark
	return createStatement(&copied)
}

// lendTables makes ready what a request for the attached Spark reads of Shoal's own tables: it knows them, and until done is
// called their files stay as they are. A view of the server's may read any of them.
func (s *Session) lendTables(ctx context.Context, q Query, acc *account, why string) (done func(), lent bool, err error) {
	if err := s.publish(ctx, false); err != nil {
		return nil, false, err
	}
	tables, err := s.ownFor(q.Statement, why)
	if err == nil && s.room.Catalog.Owns() && (q.Undecoded != nil || s.viewThere(ctx, q.foreign)) {
		tables = s.publishedTables()
	}
	if err != nil || len(tables) == 0 {
		return func() {}, false, err
	}
	home, ok := s.home.(engine.Tables)
	if !ok {
		return nil, false, fault.Unsupported("%s: %s is a table of Shoal's own", why, plan.QuoteParts(tables[0].Qualified()))
	}
	acc.reading.End() // it may be what a change of the tables waits for
	if done, err = s.room.Catalog.Lend(ctx, tables); err != nil {
		return nil, false, err
	}
	for _, t := range tables {
		name := t.Qualified()
		if err = s.room.published.why(strings.Join(name, ".")); err == nil {
			err = home.Relist(ctx, s.state(), name, len(t.PartitionBy) > 0)
		}
		if err != nil {
			done()
			return nil, false, err
		}
	}
	return done, true, nil
}

// publishedTables are Shoal's own tables that the attached Spark has.
func (s *Session) publishedTables() (there []*catalog.Stored) {
	tables, _ := s.room.Catalog.All()
	for _, t := range tables {
		if s.room.published.why(strings.Join(t.Qualified(), ".")) == nil {
			there = append(there, t)
		}
	}
	return there
}

// ownFor lists Shoal's own tables that a statement for the attached Spark reads, in views too. One that changes such a table is
// refused.
func (s *Session) ownFor(st plan.Statement, why string) (tables []*catalog.Stored, err error) {
	named := s.ownIn(st)
	if c, ok := st.(*plan.OpaqueCommand); ok && !onlyAsks(c) {
		named.changes = append(named.changes, s.ownInText(c.Pos.Text())...)
	}
	switch {
	case len(named.changes) > 0:
		return nil, fault.Unsupported("%s is a table of Shoal's own, which only Shoal's engine changes (%s)",
			plan.QuoteParts(named.changes[0].Qualified()), why)
	case named.only != "":
		return nil, fault.Unsupported("%s is Shoal's own, which the attached Spark does not know (%s)", named.only, why)
	}
	return named.reads, nil
}

// onlyAsks tells whether a statement that is only recognised leaves tables as they are.
func onlyAsks(c *plan.OpaqueCommand) bool {
	return slices.ContainsFunc(append([]string{"ANALYZE", "CACHE", "REFRESH", "UNCACHE"}, asking...), func(beginning string) bool {
		return strings.HasPrefix(c.What, beginning)
	})
}

// own is what of Shoal's own a statement names.
type own struct {
	reads, changes []*catalog.Stored
	only           string // a view or function, which no other engine has; "" for none
}

// ownIn finds what of Shoal's own a statement names, in views too.
func (s *Session) ownIn(st plan.Statement) own {
	f := &ownFinder{seen: map[*catalog.View]bool{}}
	if st != nil && (s.room.Catalog.Owns() || s.room.Catalog.HasGlobal() || s.names.HasVariables() || len(s.names.TempFunctions()) > 0) {
		f.visit(st, s.names)
	}
	return f.own
}

// ownFinder is a look at a statement for what is Shoal's own.
type ownFinder struct {
	own
	seen map[*catalog.View]bool
}

func (f *ownFinder) visit(st plan.Statement, names *catalog.Names) {
	walkNodes(st, func(node any) bool {
		//size: one case per statement
		switch c := node.(type) {
		case *plan.Name:
			f.variable(c.Parts, names)
		case *plan.Call:
			f.function(c.Name, names)
		case *plan.TableFunc:
			f.function(c.Name, names)
		case *plan.Table:
			f.look(&f.reads, c.Name, names)
		case *plan.DescribeTable:
			f.look(&f.reads, c.Name, names)
		case *plan.Show:
			f.look(&f.reads, c.In, names)
		case *plan.CatalogQuery:
			if n, err := sparksql.ParseName(c.Args["table_name"]); err == nil {
				f.look(&f.reads, n, names)
			}
		case *plan.DropView:
			f.command(&f.reads, c, c.Name, names)
		case *plan.AlterView:
			f.command(&f.reads, c, c.Name, names)
		case *plan.Insert:
			f.look(&f.changes, c.Table, names)
		case *plan.WriteFiles:
			f.look(&f.changes, c.Table, names)
		case *plan.DropTable:
			f.command(&f.changes, c, c.Name, names)
		case *plan.TruncateTable:
			f.look(&f.changes, c.Name, names)
		case *plan.AddColumns:
			f.look(&f.changes, c.Name, names)
		case *plan.RenameTable:
			f.look(&f.changes, c.Name, names)
		case *plan.SetProperties:
			f.look(&f.changes, c.Name, names)
		case *plan.ChangeRows:
			f.look(&f.changes, c.Name, names)
		case *plan.CommentOn:
			f.look(&f.changes, c.Name, names)
		case *plan.AlterColumn:
			f.look(&f.changes, c.Name, names)
		case *plan.AlterPartitions:
			f.look(&f.changes, c.Name, names)
		case *plan.CreateTable:
			f.look(&f.reads, c.Like, names)
		}
		return true
	})
}

// command is look for a command that names a view: what a global temporary one reads does not matter to it.
func (f *ownFinder) command(into *[]*catalog.Stored, st plan.Statement, name []string, names *catalog.Names) {
	if _, global := globalOf(st); !global {
		f.look(into, name, names)
	}
}

// look finds the table or view of a name.
func (f *ownFinder) look(into *[]*catalog.Stored, name []string, names *catalog.Names) {
	if len(name) == 0 {
		return
	}
	view, temporary := names.View(name)
	if temporary {
		if !f.seen[view] {
			f.seen[view] = true
			if view.Global && !view.There {
				f.only = "the view " + plan.QuoteParts(name)
			}
			f.visit(view.Query, names.In(view.Database))
		}
		return
	}
	if t, ok := names.Stored(name); ok {
		*into = append(*into, t)
	}
	if v, ok := names.StoredView(name); ok {
		f.only = "the view " + plan.QuoteParts(v.Qualified())
	}
}

// variable finds the session variable of a name. A column that has the name of one is taken for it, which costs time only.
func (f *ownFinder) variable(name []string, names *catalog.Names) {
	for n := len(name); n > 0; n-- {
		if v, ok := names.Variable(name[:n]); ok {
			f.only = "the session variable " + plan.Quote(v.Name)
		}
	}
}

// function finds the function of a name.
func (f *ownFinder) function(name []string, names *catalog.Names) {
	if len(name) == 0 || len(name) == 1 && names.HasFunction(name[0]) {
		return
	}
	_, temporary := names.TempFunction(name)
	_, stored := names.StoredFunction(name)
	if temporary || stored && (len(name) > 1 || !isBuiltin(name[0])) {
		f.only = "the function " + plan.QuoteParts(name)
	}
}

// tellsOfOwn tells whether a statement is about something of Shoal's own.
func (s *Session) tellsOfOwn(st plan.Statement) bool {
	named := s.ownIn(st)
	return len(named.reads)+len(named.changes) > 0 || named.only != ""
}

// word is what may be a name in a statement.
var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// ownInText lists the tables of Shoal's own whose names are words of a text that nobody here understands.
func (s *Session) ownInText(text string) (found []*catalog.Stored) {
	words := map[string]bool{}
	for _, w := range word.FindAllString(strings.ToLower(text), -1) {
		words[w] = true
	}
	tables, _ := s.room.Catalog.All()
	for _, t := range tables {
		if words[strings.ToLower(t.Name)] {
			found = append(found, t)
		}
	}
	return found
}
