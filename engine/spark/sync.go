package spark

// This file brings a home in step with its session's journal.

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
)

// applied is how far a home follows its journal. Its maps are not changed but replaced.
type applied struct {
	begun    bool
	version  int64
	conf     map[string]string
	refused  map[string]string // confs the server did not take, with the value
	database string
	steps    map[int64]string // the steps done, with the view they made, if any
}

// Sync brings the home to a state.
func (h *home) Sync(ctx context.Context, s engine.State) (map[int64]error, error) {
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	defer h.leave()
	return h.sync(ctx, s)
}

// enter waits for the turn to change the home; leave gives it on.
func (h *home) enter(ctx context.Context) error {
	select {
	case <-h.turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (h *home) leave() { h.turn <- struct{}{} }

// sync is Sync for who has the turn.
func (h *home) sync(ctx context.Context, s engine.State) (map[int64]error, error) {
	// The version decides what may be sent.
	if _, err := h.e.About(ctx); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		done := h.progress()
		if done.begun && done.version == s.Version {
			return nil, nil
		}
		c := &catchUp{h: h, state: s, done: done}
		err := h.e.insist(ctx, c.run)
		switch {
		case err == nil:
			return c.failed, nil
		case lost(err) && try < maxLost:
			h.forget(err)
		default:
			return c.failed, h.e.explain(ctx, err)
		}
	}
}

func (h *home) progress() applied {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.applied
}

func (h *home) keep(a applied) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.applied = a
}

// did notes a change that an operation has made.
func (h *home) did(d engine.Done) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.Step != 0 {
		h.applied.steps = with(h.applied.steps, d.Step, d.View)
	}
	if d.Database != "" {
		h.applied.database = d.Database
	}
}

// with is a copy of a map with one entry more.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := make(map[K]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

// catchUp is one Sync on its way. What it has done is kept after each step, so that it can go on
// after an error.
type catchUp struct {
	h      *home
	state  engine.State
	done   applied
	failed map[int64]error
}

// run takes the missing steps, each under the confs and the database it was made under.
func (c *catchUp) run(ctx context.Context) error {
	c.done = c.h.progress()
	if !c.done.begun && c.state.Begin != nil {
		if err := c.state.Begin(ctx); err != nil {
			return err
		}
	}
	var steps []engine.Step
	if c.state.Steps != nil {
		var err error
		if steps, err = c.state.Steps(ctx); err != nil {
			return err
		}
	}
	if err := c.dropForgotten(ctx, steps); err != nil {
		return err
	}
	for _, step := range steps {
		if _, ok := c.done.steps[step.ID]; ok {
			continue
		}
		if err := c.take(ctx, step); err != nil {
			return err
		}
	}
	if err := c.setConf(ctx, c.state.Conf); err != nil {
		return err
	}
	if err := c.use(ctx, c.state.Database); err != nil {
		return err
	}
	c.done.begun, c.done.version = true, c.state.Version
	c.h.keep(c.done)
	return nil
}

// dropForgotten drops the views that were made here and are no more in the journal.
func (c *catchUp) dropForgotten(ctx context.Context, steps []engine.Step) error {
	current := map[int64]bool{}
	named := map[string]bool{}
	for _, s := range steps {
		current[s.ID] = true
		named[s.Name] = named[s.Name] || s.Kind == engine.StepView || s.Kind == engine.StepDropView
	}
	for id, view := range c.done.steps {
		if current[id] {
			continue
		}
		if view != "" && !named[view] {
			if err := c.h.dropView(ctx, view); err != nil {
				return err
			}
		}
		c.done.steps = maps.Clone(c.done.steps)
		delete(c.done.steps, id)
		c.h.keep(c.done)
	}
	return nil
}

// take does one step. One that the server refuses is remembered as done: it costs no other step.
func (c *catchUp) take(ctx context.Context, s engine.Step) error {
	err := c.setConf(ctx, s.Conf)
	if err == nil && s.Kind != engine.StepUpload {
		err = c.use(ctx, s.Database)
	}
	if err != nil {
		return err
	}
	made := ""
	switch s.Kind {
	case engine.StepRun:
		err = c.runPlan(ctx, s.Request)
	case engine.StepView:
		made = s.Name
		err = c.runPlan(ctx, s.Request)
		if hasClass(err, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS") { // from an earlier life
			if err = c.h.dropView(ctx, s.Name); err == nil {
				err = c.runPlan(ctx, s.Request)
			}
		}
	case engine.StepDropView:
		err = c.h.dropView(ctx, s.Name)
	case engine.StepUpload:
		err = c.h.upload(ctx, s.Name, s.File)
	}
	var ours *fault.Error
	if err != nil && !errors.As(err, &ours) && (!isServers(err) || lost(err)) {
		return err
	}
	if err != nil {
		c.h.e.Log.Warn("the attached Spark refuses a step of a session", "kind", string(s.Kind), "name", s.Name, "err", err)
		if c.failed == nil {
			c.failed = map[int64]error{}
		}
		c.failed[s.ID] = err
	}
	c.done.steps = with(c.done.steps, s.ID, made)
	c.h.keep(c.done)
	return nil
}

// setConf brings the confs to the given ones.
func (c *catchUp) setConf(ctx context.Context, want map[string]string) error {
	var gone []string
	for key := range c.done.conf {
		if _, ok := want[key]; !ok {
			gone = append(gone, key)
		}
	}
	var set []*sparkpb.KeyValue
	for _, key := range slices.Sorted(maps.Keys(want)) {
		value := want[key]
		if now, ok := c.done.conf[key]; ok && now == value {
			continue
		}
		if refused, ok := c.done.refused[key]; ok && refused == value {
			continue
		}
		set = append(set, &sparkpb.KeyValue{Key: key, Value: &value})
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		if err := c.config(ctx, &sparkpb.ConfigRequest_Operation{OpType: &sparkpb.ConfigRequest_Operation_Unset{
			Unset: &sparkpb.ConfigRequest_Unset{Keys: gone}}}); err != nil {
			return err
		}
		c.done.conf = maps.Clone(c.done.conf)
		for _, key := range gone {
			delete(c.done.conf, key)
		}
		c.h.keep(c.done)
	}
	return c.setAll(ctx, set)
}

// setAll sets confs in one call, or one by one where the server refuses some.
func (c *catchUp) setAll(ctx context.Context, pairs []*sparkpb.KeyValue) error {
	if len(pairs) == 0 {
		return nil
	}
	err := c.config(ctx, &sparkpb.ConfigRequest_Operation{OpType: &sparkpb.ConfigRequest_Operation_Set{
		Set: &sparkpb.ConfigRequest_Set{Pairs: pairs}}})
	switch {
	case err == nil:
		conf := maps.Clone(c.done.conf)
		if conf == nil {
			conf = make(map[string]string, len(pairs))
		}
		for _, p := range pairs {
			conf[p.GetKey()] = p.GetValue()
		}
		c.done.conf = conf
	case !isServers(err) || lost(err):
		return err
	case len(pairs) > 1:
		for _, p := range pairs {
			if err := c.setAll(ctx, []*sparkpb.KeyValue{p}); err != nil {
				return err
			}
		}
	default:
		c.h.e.Log.Warn("the attached Spark refuses a conf", "key", pairs[0].GetKey(), "err", err)
		c.done.refused = with(c.done.refused, pairs[0].GetKey(), pairs[0].GetValue())
	}
	c.h.keep(c.done)
	return nil
}

func (c *catchUp) config(ctx context.Context, op *sparkpb.ConfigRequest_Operation) error {
	_, err := c.h.call(ctx, &sparkpb.ConfigRequest{Operation: op})
	return err
}

// use makes a database current; the name is as SQL writes it.
func (c *catchUp) use(ctx context.Context, name string) error {
	if name == c.done.database {
		return nil
	}
	to := name
	if to == "" {
		to = "default"
	}
	text := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: "USE " + to}}}
	err := c.h.run(ctx, &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: &sparkpb.Command{
		CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: text}}}}})
	if err == nil {
		c.done.database = name
		c.h.keep(c.done)
	}
	return err
}

func (h *home) dropView(ctx context.Context, name string) error {
	return h.run(ctx, &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{RelType: &sparkpb.Relation_Catalog{
		Catalog: &sparkpb.Catalog{CatType: &sparkpb.Catalog_DropTempView{DropTempView: &sparkpb.DropTempView{ViewName: name}}}}}}})
}

func (c *catchUp) runPlan(ctx context.Context, raw []byte) error {
	p := &sparkpb.Plan{}
	if err := proto.Unmarshal(raw, p); err != nil {
		return fault.BadPlan("a journalled plan cannot be read: %v", err)
	}
	return c.h.run(ctx, p)
}

// run runs a plan of which only the success matters.
func (h *home) run(ctx context.Context, p *sparkpb.Plan) error {
	i := h.ids()
	req := &sparkpb.ExecutePlanRequest{SessionId: i.session, ClientObservedServerSideSessionId: i.observed, UserContext: i.user, Plan: p}
	if err := h.e.dialect().fit(req); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := h.e.client.ExecutePlan(ctx, req)
	for err == nil {
		var r *sparkpb.ExecutePlanResponse
		if r, err = stream.Recv(); err == nil {
			h.saw(r)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
