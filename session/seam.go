package session

import (
	"context"
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

func (n *catalogNames) View(name []string) (*catalogView, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.views[strings.ToLower(strings.Join(name, "."))]
	return v, ok
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

func (s *Session) use(name []string) error                              { return nil }
func (s *Session) define(v *plan.CreateView, under plan.Settings) error { return nil }

func (s *Session) localize(ctx context.Context, rel plan.Relation) (plan.Relation, error) {
	return rel, nil
}
func (s *Session) command(ctx context.Context, c plan.Command, q Query, acc *account) (*Result, error) {
	return nil, fault.Unsupported("no commands yet")
}
