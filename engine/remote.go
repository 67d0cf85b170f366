package engine

// This file says what an engine elsewhere is: a server that speaks the client's own protocol, to
// which the client's requests are forwarded as they came.

import (
	"context"
	"time"

	"shoal/plan"
)

// Remote is such a server; package engine/spark has it. It is safe for concurrent use, and none of
// its methods but About waits for the network.
type Remote interface {
	Name() string
	// Open names the session that a user's session has there. It begins with the first request.
	Open(id, user string) RemoteSession
	// About is what the server says of itself, asked once and remembered.
	About(ctx context.Context) (About, error)
}

// About is a server's version and the values its sessions begin with.
type About struct {
	Version string
	Conf    map[string]string // ANSI, time zone, warehouse
	// Fair says that its jobs share its cores by pools. Else one that began earlier goes first.
	Fair bool
	// Reserve is to how many slots the server's pool "reserve" is entitled; 0: there is no such pool.
	Reserve int
}

// Sized is what a Remote may know besides: how many tasks it can run at the same time, now.
type Sized interface {
	Cores(ctx context.Context) (int, error)
}

// Sharing is what a Remote may know besides: that it reads the files of this machine.
type Sharing interface {
	SharesFiles() bool
}

// RemoteSession is a user's home on a remote server: all that only the server can hold is there.
// Requests, responses and steps are the protocol's messages, of which this package knows nothing.
// Each call first brings the home to the given state, and begins it again where the server lost
// it. A failed call's error is the server's own, passed on as it is, or a *fault.Error. It is safe
// for concurrent use.
type RemoteSession interface {
	// Sync brings the home to a state. refused has the steps of it that the server would not take
	// now; they are not tried again.
	Sync(ctx context.Context, s State) (refused map[int64]error, err error)
	// Execute runs an operation and hands on its responses in order; send may wait, which holds
	// the server back. When ctx ends, so does the operation there. What is Final is not run a
	// second time where it may have run already.
	Execute(ctx context.Context, s State, x Execution, send func(context.Context, Message) error) error
	// Call answers one request that is no operation.
	Call(ctx context.Context, s State, request any) (any, error)
	// Close ends the home, if it ever began.
	Close(ctx context.Context) error
}

// Tables is what a RemoteSession may know besides: how the tables of the server's catalog are kept.
type Tables interface {
	// Table describes a table, whose name has its database with it. It is nil where only the server can read it,
	// and an error where nothing of that name is known.
	Table(ctx context.Context, s State, name []string) (*Table, error)
	// PublishDatabase makes a database of that name.
	PublishDatabase(ctx context.Context, s State, name string) error
	// View tells whether a name is that of a view, which may read any table.
	View(ctx context.Context, s State, name []string) (bool, error)
	// Function tells whether the catalog has a function of that name, which has its database with it.
	Function(ctx context.Context, s State, name []string) (bool, error)
	// Publish gives the server's catalog a table of ours; it changes no other one's table.
	Publish(ctx context.Context, s State, p Publication) error
	// Withdraw takes one from it, if it is there.
	Withdraw(ctx context.Context, s State, name []string) error
	// Relist makes the home see a published table's files as they are now.
	Relist(ctx context.Context, s State, name []string, partitioned bool) error
}

// Holder is what a RemoteSession may know besides: how to keep slots of the server from what runs for long.
type Holder interface {
	// Hold has tasks that only sleep, each for the length of a nap, hold so many slots until ctx ends. They hold no more where the
	// state's conf names a pool that is entitled to as many, and others want the rest.
	Hold(ctx context.Context, s State, slots int, nap time.Duration) error
}

// Publication is a table of ours for another catalog.
type Publication struct {
	Name []string // with the database
	// Mark is another one when the table's definition is; the table has it as its property MarkProperty.
	Mark   string
	Create string // the statement that makes it
}

// MarkProperty tells a published table from others; MarkPrefix begins its value.
const (
	MarkProperty = "shoal.table"
	MarkPrefix   = "shoal:"
)

// Table is a table that is nothing but the files of a folder.
type Table struct {
	Format string
	Path   string
	Schema plan.Struct
}

// Execution is an operation for a remote server.
type Execution struct {
	ID      string // the client's id for it
	Request any
	Final   bool // a write, or what else must not happen twice
	Resume  bool // it began in an earlier life of this process: pick its responses up
	// Record, if set, is called when the operation, which changes the session, succeeded, and before
	// anything else happens in the home: it writes the change down and tells what step that is.
	Record func(ctx context.Context) (Done, error)
	// Leaves, if set, is a temporary view that the operation makes before it does what may fail: then it is dropped.
	Leaves string
}

// Impatient is for what can be had elsewhere: a remote server that has gone is waited for no longer than a moment.
func Impatient(ctx context.Context) context.Context {
	return context.WithValue(ctx, impatient{}, true)
}

// IsImpatient tells whether a context is one of [Impatient].
func IsImpatient(ctx context.Context) bool { return ctx.Value(impatient{}) != nil }

type impatient struct{}

// Done is the change that an operation has made, so that it is not made again.
type Done struct {
	Step     int64
	View     string // the temporary view it made, if any
	Database string // the database that is current now, if it changed that
}

// Message is one response of an operation.
type Message struct {
	Body any
	Size int   // bytes
	Rows int64 // rows in it
}

// State is what a session is: the fold of its journal.
type State struct {
	Version  int64             // states of a session with equal versions are equal
	Conf     map[string]string // what is set
	Database string            // the current one; "" is the server's first
	// Begin, if set, is called before the steps of a home that begins, perhaps not for the first time.
	Begin func(ctx context.Context) error
	// Steps lists, in order, what made the session what it is. It is asked only when needed.
	Steps func(ctx context.Context) ([]Step, error)
}

// Step is one change of a session.
type Step struct {
	ID       int64
	Kind     StepKind
	Name     string
	Request  []byte            // StepRun: the client's plan
	File     string            // StepUpload: what to upload under Name
	Conf     map[string]string // what was set when it was made
	Database string            // what was current then
}

// StepKind says what a step does.
type StepKind string

// The kinds of steps.
const (
	StepRun      StepKind = "run"       // run a plan that may run again
	StepView     StepKind = "view"      // the same, for a plan that makes the temporary view Name
	StepDropView StepKind = "drop view" // drop the temporary view Name
	StepUpload   StepKind = "upload"    // upload a file
)
