package session

import (
	"context"
	"slices"
	"strings"
	"sync"

	"shoal/fault"
	"shoal/plan"
)

// TEMPORARY: stands in for packages catalog and analyze.

type catalogCatalog struct{}

type catalogView struct {
	Name     []string
	Columns  []string
	Query    plan.Relation
	Settings plan.Settings
	Text     string
	Global   bool
}

type catalogNames struct {
	mu    sync.Mutex
	views map[string]*catalogView
}

func (n *catalogNames) temp(name string, global bool) (*catalogView, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.views[strings.ToLower(name)]
	return v, ok && v.Global == global
}

func (n *catalogNames) drop(name string, global bool) bool {
	_, ok := n.temp(name, global)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.views, strings.ToLower(name))
	return ok
}

func (n *catalogNames) list(global bool) (names []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, v := range n.views {
		if v.Global == global {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	return names
}

func analyzeAnalyze(ctx context.Context, rel plan.Relation) (plan.Relation, error) {
	switch r := rel.(type) {
	case *plan.Range:
		c := *r
		c.Out = []*plan.Column{{ID: 1, Name: "id", Type: plan.Long}}
		return &c, nil
	}
	return nil, fault.Unsupported("no analyzer yet")
}

func newNames(r *Registry) *catalogNames { return &catalogNames{views: map[string]*catalogView{}} }

func (s *Session) define(v *plan.CreateView, under plan.Settings) error {
	s.names.mu.Lock()
	defer s.names.mu.Unlock()
	s.names.views[strings.ToLower(v.Name[0])] = &catalogView{Name: v.Name, Columns: v.Columns, Query: v.Query, Settings: under, Text: v.Text, Global: v.Global}
	return nil
}

func (s *Session) localize(ctx context.Context, rel plan.Relation) (plan.Relation, error) {
	return rel, nil
}
func (s *Session) writeFiles(ctx context.Context, c *plan.WriteFiles, q Query, acc *account) (*table, error) {
	return nil, fault.Unsupported("no writes yet")
}
