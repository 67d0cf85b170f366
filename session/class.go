package session

// This file says whether a request for the attached Spark is short or heavy.

import (
	"context"
	"slices"
	"strings"

	"shoal/engine"
	"shoal/plan"
	"shoal/sched"
)

// shortThere is how many seconds a query may be expected to take on the attached Spark, of which it may use some cores, to
// be one of the short ones.
const shortThere = 1.5

// weighed is what is known of a request before it leaves.
type weighed struct {
	lane    sched.Lane
	seconds float64 // that it is expected to take
	why     string  // in words fit for EXPLAIN
	key     uint64  // what its duration is remembered under; 0: it is not
	light   bool    // it reads no data
	free    bool    // it waits for others by itself, and so takes no turn
	weight
}

// classify says which class a request is of. What the session's conf says goes first; then what requests of its shape took
// of late; then what its plan lets expect. Of what nobody knows the worst is expected.
func (s *Session) classify(ctx context.Context, q Query) weighed {
	c := s.expected(ctx, q)
	if c.light {
		return c
	}
	switch want, _, _ := s.Conf().Lookup(ConfLane); strings.ToLower(want) {
	case laneShort:
		c.lane, c.why = sched.Short, ConfLane+" = "+want
	case laneHeavy:
		c.lane, c.why = sched.Heavy, ConfLane+" = "+want
	}
	return c
}

func (s *Session) expected(ctx context.Context, q Query) weighed {
	rel, isQuery := q.Statement.(plan.Relation)
	if q.Statement == nil && q.Undecoded == nil {
		return weighed{lane: sched.Heavy, why: "it runs already", light: true, free: true}
	}
	switch call, isCall := q.Statement.(*plan.CatalogQuery); {
	case q.fingerprint == 0, q.Undecoded != nil:
		return weighed{lane: sched.Heavy, seconds: unknownSeconds, why: "nothing is known of it", weight: opaqueWeight}
	case waits(q.Statement):
		return weighed{lane: sched.Short, why: "it waits for others", light: true, free: true}
	case isQuery && q.Forward.Command, isCall && !makesTable(call), light(q.Statement):
		return weighed{lane: sched.Short, seconds: lightSeconds, why: "it reads no data", light: true}
	case !isQuery && !isModel(q.Statement):
		return weighed{lane: sched.Heavy, seconds: unknownSeconds, why: "it is no query"}
	}
	c := weighed{key: q.fingerprint, seconds: unknownSeconds, why: "nothing is known of it"}
	if isQuery {
		w := s.weigh(ctx, rel)
		c.key, c.weight = engine.Key(c.key, w.size()), w
		if !w.unknown {
			c.seconds, c.why = w.spark(), "by the size of what it reads"
		}
	} else {
		c.weight = opaqueWeight
	}
	guessed := c.seconds
	if took, runs := s.room.Router.Experience.Expected(s.room.Router.Remote.Name(), c.key); runs > 0 {
		c.seconds, c.why = took.Latency, "by what such queries took of late"
	}
	c.lane = laneBy(guessed, c.seconds, shortThere)
	return c
}

// opaqueWeight is what is known of a request that nobody here understands.
var opaqueWeight = weight{unknown: true, partitioned: true, vague: true}

const (
	unknownSeconds = 10   // of a request of which nothing is known
	lightSeconds   = 0.05 // of one that reads no data
)

// light tells the commands that read no data: they change names, or ask for them.
func light(st plan.Statement) bool {
	switch c := st.(type) {
	case *plan.CreateTable:
		return c.Query == nil
	case *plan.CacheTable:
		return c.What != "CACHE" || c.Lazy
	case *plan.OpaqueCommand:
		return slices.ContainsFunc(lightWords, func(beginning string) bool { return strings.HasPrefix(c.What, beginning) })
	case *plan.CreateView, *plan.DropView, *plan.AlterView, *plan.SetConf, *plan.ResetConf, *plan.SetTimeZone, *plan.Use, *plan.Show,
		*plan.DescribeTable, *plan.DescribeQuery, *plan.DescribeFunction, *plan.DescribeDatabase, *plan.Explain, *plan.DropTable,
		*plan.AddColumns, *plan.RenameTable, *plan.SetProperties, *plan.CommentOn, *plan.AlterColumn, *plan.AlterPartitions,
		*plan.AlterDatabase, *plan.CreateDatabase, *plan.DropDatabase, *plan.CreateFunction, *plan.DropFunction, *plan.DropVariable:
		return true
	}
	return false
}

// lightWords begin the names of further ones.
var lightWords = []string{"SHOW", "DESCRIBE", "LIST", "ADD", "COMMENT", "DROP", "CREATE FUNCTION", "CREATE DATABASE", "CREATE NAMESPACE",
	"CREATE SCHEMA", plan.RegisterFunction, plan.RegisterDataSource, "get_resources_command", "create_resource_profile_command",
	"remove_cached_remote_relation_command", "write_stream_operation_start"}

// waits tells the commands that end when something else does: a stream, or the client's interest in it.
func waits(st plan.Statement) bool {
	c, ok := st.(*plan.OpaqueCommand)
	return ok && strings.HasPrefix(c.What, "streaming_query_")
}

// isModel tells a command about models: to train one takes long, to look at one does not, and the shape tells which it is.
func isModel(st plan.Statement) bool {
	c, ok := st.(*plan.OpaqueCommand)
	return ok && c.What == "ml_command"
}
