package main

// This file is who asks, and what.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
)

// patience is how long an answer is waited for.
const patience = 5 * time.Minute

var tpchTables = []string{"lineitem", "orders", "customer", "part", "partsupp", "supplier", "nation", "region"}

// plans are the questions, ready to be sent, and the views they are about.
type plans struct {
	short       *sparkpb.Plan
	heavy       []*sparkpb.Plan
	shortTables []*sparkpb.Plan
	heavyTables []*sparkpb.Plan
}

func (o *options) plans() (*plans, error) {
	read := func(name string) (*sparkpb.Plan, error) {
		text, err := os.ReadFile(filepath.Join(o.Queries, name+".sql"))
		return sparkclient.SQL(strings.TrimRight(strings.TrimSpace(string(text)), ";")), err
	}
	short, err := read("ab")
	if err != nil {
		return nil, err
	}
	p := &plans{short: short, shortTables: []*sparkpb.Plan{view("events", o.Events)}}
	for _, name := range o.Heavy {
		heavy, err := read(name)
		if err != nil {
			return nil, err
		}
		p.heavy = append(p.heavy, heavy)
	}
	for _, table := range tpchTables {
		p.heavyTables = append(p.heavyTables, view(table, filepath.Join(o.TPCH, table)))
	}
	return p, nil
}

// view is the plan that makes a folder of Parquet files a temporary view.
func view(name, folder string) *sparkpb.Plan {
	format := "parquet"
	read := &sparkpb.Read{ReadType: &sparkpb.Read_DataSource_{DataSource: &sparkpb.Read_DataSource{Format: &format, Paths: []string{folder}}}}
	return sparkclient.Command(&sparkpb.Command{CommandType: &sparkpb.Command_CreateDataframeView{CreateDataframeView: &sparkpb.CreateDataFrameViewCommand{
		Name: name, Replace: true, Input: &sparkpb.Relation{RelType: &sparkpb.Relation_Read{Read: read}},
	}}})
}

// user is one person: a connection and a session.
type user struct {
	conn    io.Closer
	session *sparkclient.Session
}

var errNoRows = errors.New("the answer has no rows")

// ask sends a plan and reads the answer to its end.
func (u *user) ask(ctx context.Context, plan *sparkpb.Plan) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows := int64(0)
	err := u.session.Execute(ctx, plan, func(r *sparkpb.ExecutePlanResponse) error {
		rows += r.GetArrowBatch().GetRowCount()
		return nil
	})
	if err == nil && rows == 0 && plan.GetRoot() != nil {
		return errNoRows
	}
	return err
}

// leave ends the session.
func (u *user) leave() {
	_ = u.session.Release(context.Background()) // nothing is measured any more, and the server may be gone
	u.conn.Close()
}

// bench is a server with the users of every phase.
type bench struct {
	server  *server
	plans   *plans
	options *options
	people  int // how many there have been: each is somebody else
	users   []*user
	shorts  []*user // who ask in open loops
	heavies []*user
	rate    float64
}

// open connects the users of open loops.
func (o *options) open(ctx context.Context, s *server, p *plans) (b *bench, err error) {
	b = &bench{server: s, plans: p, options: o, rate: o.Rate}
	if b.shorts, err = b.connect(ctx, o.Users, slices.Concat(s.confs("short."), p.shortTables), p.short); err != nil {
		return b, err
	}
	warm := closedLoop(ctx, s, b.shorts[:1], p.short, o.Warm) // virtual machines compile what they run often
	if warm.failed() > 0 {
		return b, fmt.Errorf("short question: %v", warm.errors)
	}
	return b, nil
}

// pace finds, where nobody said it, the rate of arrivals at which short questions take their share of the CPUs.
func (b *bench) pace(ctx context.Context) error {
	if b.rate > 0 {
		return nil
	}
	if len(b.server.pids) == 0 {
		return errors.New("the rate of arrivals follows from the server's CPU time: give its pid, or --rate")
	}
	b.server.settle(ctx)
	one := closedLoop(ctx, b.server, b.shorts[:1], b.plans.short, 3*time.Second)
	if one.failed() > 0 || len(one.latencies) == 0 {
		return fmt.Errorf("short question: %v", one.errors)
	}
	cost := (one.used.server + one.used.client).Seconds() / float64(len(one.latencies))
	b.rate = b.options.Share * float64(runtime.NumCPU()) / cost
	return nil
}

// connect makes n users with these views, each of whom has had an answer.
func (b *bench) connect(ctx context.Context, n int, views []*sparkpb.Plan, first ...*sparkpb.Plan) ([]*user, error) {
	users, failures := make([]*user, n), make([]error, n)
	room := make(chan struct{}, 8)
	var all sync.WaitGroup
	for i := range users {
		number := b.people
		b.people++
		room <- struct{}{}
		all.Go(func() {
			users[i], failures[i] = b.server.meet(ctx, number, slices.Concat(views, first))
			<-room
		})
	}
	all.Wait()
	for _, u := range users {
		if u != nil {
			b.users = append(b.users, u)
		}
	}
	return users, errors.Join(failures...)
}

// meet is a new user, who first sends these plans.
func (s *server) meet(ctx context.Context, number int, first []*sparkpb.Plan) (*user, error) {
	params := map[string]string{"user_id": fmt.Sprintf("user-%d", number), "use_ssl": s.params["use_ssl"], "token": s.params["token"]}
	if len(s.tokens) > 0 {
		if number >= len(s.tokens) {
			return nil, fmt.Errorf("there are only %d tokens", len(s.tokens))
		}
		params["token"] = s.tokens[number]
	}
	conn, err := sparkclient.Dial(s.target, params)
	if err != nil {
		return nil, err
	}
	u := &user{conn, sparkclient.New(conn, params)}
	for _, plan := range first {
		if err := u.ask(ctx, plan); err != nil {
			return u, err
		}
	}
	return u, nil
}

// meetHeavies connects the heavy users, once.
func (b *bench) meetHeavies(ctx context.Context, n int) (err error) {
	if b.heavies == nil {
		b.heavies, err = b.connect(ctx, n, slices.Concat(b.server.confs("heavy."), b.plans.heavyTables), b.plans.heavy...)
	}
	return err
}

// close sends everybody home.
func (b *bench) close() {
	for _, u := range b.users {
		u.leave()
	}
}
