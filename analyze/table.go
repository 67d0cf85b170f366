package analyze

import (
	"errors"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// This file finds out what a table's name means: a common table expression, a view, a table of Shoal's
// own, files, a table of the attached Spark.

// cteScope is a linked list of the common table expressions in reach.
type cteScope struct {
	name string
	id   int
	cols []*plan.Column
	up   *cteScope
}

// table resolves a name in FROM.
func (a *analyzer) table(r *plan.Table, outer *scope) (*node, error) {
	if len(r.Name) == 1 {
		for c := a.ctes; c != nil; c = c.up {
			if c.name == "" {
				break
			}
			if strings.EqualFold(c.name, r.Name[0]) {
				return a.cteRef(c, r), nil
			}
		}
	}
	if a.names != nil {
		if v, ok := a.names.View(r.Name); ok {
			return a.view(v, r)
		}
		if t, ok := a.names.Stored(r.Name); ok {
			return a.stored(t, r)
		}
		if v, ok := a.names.StoredView(r.Name); ok {
			return a.storedView(v, r)
		}
	}
	if n, err := a.pathTable(r); n != nil || err != nil {
		return n, err
	}
	if n, err := a.systemTable(r); n != nil || err != nil {
		return n, err
	}
	if len(r.Name) > 2 && !strings.EqualFold(r.Name[0], catalog.SparkCatalog) {
		return nil, fault.New("REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", catalog.SparkCatalog,
			"namespace", plan.QuoteParts(r.Name[:len(r.Name)-1]))
	}
	if n, err := a.catalogTable(r); n != nil || err != nil {
		return n, err
	}
	return nil, fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(r.Name)).At(r.Pos)
}

// stored reads one of Shoal's own tables.
func (a *analyzer) stored(t *catalog.Stored, r *plan.Table) (*node, error) {
	scan, err := a.names.Scan(a.ctx, t, r.Options, a.settings)
	if err != nil {
		return nil, err
	}
	n := a.scan(scan)
	n.cols = qualify(n.cols, t.Qualified()...)
	return n, nil
}

// catalogTable is a table of the catalog. A view means the database that was current when it was made, which is not known here.
func (a *analyzer) catalogTable(r *plan.Table) (*node, error) {
	if a.env.Tables == nil || len(r.Options) > 0 || len(r.Name) == 1 && a.views > 0 {
		return nil, nil
	}
	files, whole, err := a.env.Tables(a.ctx, r.Name)
	if files == nil || err != nil {
		return nil, err
	}
	read := *files
	read.Common = r.Common
	n, err := a.read(&read)
	if err != nil {
		return nil, err
	}
	n.cols = qualify(n.cols, whole...)
	return n, nil
}

// systemTable is a table of the server's own doings.
func (a *analyzer) systemTable(r *plan.Table) (*node, error) {
	if a.env.System == nil || len(r.Options) > 0 {
		return nil, nil
	}
	data, err := a.env.System(a.ctx, r.Name)
	if data == nil || err != nil {
		return nil, err
	}
	data.Common = r.Common
	n, err := a.localData(data)
	if err != nil {
		return nil, err
	}
	n.cols = qualify(n.cols, r.Name...)
	return n, nil
}

// fileFormats are the names that make format.`path` a table.
var fileFormats = map[string]bool{"parquet": true, "csv": true, "json": true, "text": true, "orc": true}

// pathTable is parquet.`/path`.
func (a *analyzer) pathTable(r *plan.Table) (*node, error) {
	if len(r.Name) != 2 || !fileFormats[strings.ToLower(r.Name[0])] {
		return nil, nil
	}
	n, err := a.read(&plan.Read{Common: r.Common, Format: strings.ToLower(r.Name[0]), Paths: []string{r.Name[1]}, Options: r.Options})
	var f *fault.Error
	if errors.As(err, &f) && strings.HasPrefix(f.Class, "FAILED_READ_FILE.") {
		return nil, fault.New("FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY", "dataSourceType", strings.ToLower(r.Name[0])).Because(err)
	}
	return n, err
}

func (a *analyzer) cteRef(c *cteScope, r *plan.Table) *node {
	ref := &plan.CTERef{Common: at(r), ID: c.id}
	return a.leaf(ref, Schema(c.cols).Fields, []string{r.Name[0]})
}

// with resolves WITH: each definition sees the earlier ones.
func (a *analyzer) with(r *plan.With, outer *scope) (*node, error) {
	saved := a.ctes
	defer func() { a.ctes = saved }()
	w := &plan.With{Common: at(r), Defs: make([]plan.CTE, len(r.Defs))}
	seen := map[string]bool{}
	for i, d := range r.Defs {
		if key := strings.ToLower(d.Name); seen[key] {
			return nil, fault.New("DUPLICATED_CTE_NAMES", "duplicateNames", plan.Quote(d.Name)).At(r.Pos)
		} else {
			seen[key] = true
		}
		resolve := a.defined
		if r.Recursive && readsTable(d.Plan, d.Name) {
			resolve = a.recursive
		}
		def, err := resolve(r, d, outer)
		if err != nil {
			return nil, err
		}
		w.Defs[i] = def
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	w.Input = in.rel
	n := over(w, in)
	n.input, n.agg = nil, nil
	return n, nil
}

// defined resolves a definition that does not read itself; its name is in reach afterwards.
func (a *analyzer) defined(_ *plan.With, d plan.CTE, outer *scope) (def plan.CTE, err error) {
	n, err := a.relation(d.Plan, outer)
	if err != nil {
		return def, err
	}
	if n, err = a.declared(d, n); err != nil {
		return def, err
	}
	def = plan.CTE{Name: d.Name, Plan: a.exact(n), ID: a.nextCTE()}
	a.ctes = &cteScope{name: d.Name, id: def.ID, cols: plan.Output(def.Plan), up: a.ctes}
	return def, nil
}

// declared gives a definition's columns the names it declares, if it does.
func (a *analyzer) declared(d plan.CTE, n *node) (*node, error) {
	if len(d.Columns) == 0 {
		return n, nil
	}
	if len(d.Columns) != len(n.cols) {
		return nil, fault.New("ASSIGNMENT_ARITY_MISMATCH", "numExpr", itoa(len(d.Columns)), "numTarget", itoa(len(n.cols))).At(d.Pos)
	}
	return a.renamed(n, d.Columns, d.Plan)
}

func (a *analyzer) nextCTE() int {
	a.lastCTE++
	return a.lastCTE
}

// walkPlan visits an unresolved plan, subqueries in expressions left out.
func walkPlan(r plan.Relation, visit func(plan.Relation)) {
	plan.WalkRelations(r, func(r plan.Relation) bool {
		visit(r)
		return true
	})
}
