// Package cluster says what a cluster of real Spark is: a master, workers and a Spark Connect
// server, under one [Provider]. What a data directory's cluster is, stands in its state file;
// [Running] reads it for who only wants to connect. The package knows no provider and no client.
package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Spec is the cluster that is wanted. Sizes are bytes.
type Spec struct {
	Workers      int   `json:"workers"`
	Cores        int   `json:"cores"`         // of each worker
	Memory       int64 `json:"memory"`        // of each worker, for queries
	DriverMemory int64 `json:"driver_memory"` // of the Connect server
	VolumeSize   int64 `json:"volume_size"`   // of each worker's volume; 0: no limit
	ConnectPort  int   `json:"connect_port"`  // 0: a free one
}

// A Provider makes clusters: one on this machine (package local). It keeps one cluster a data
// directory, also across restarts of this process. Calls that change a cluster exclude each other,
// across processes too; one that fails or whose ctx ends leaves nothing running that it started.
type Provider interface {
	// Up starts a cluster and returns when it answers.
	Up(ctx context.Context, spec Spec, say Progress) (*Status, error)
	// Status tells how the cluster is; ErrNone where there is none.
	Status(ctx context.Context) (*Status, error)
	// Resize adds workers, or lets some go when they have handed on what they hold.
	Resize(ctx context.Context, workers int, say Progress) (*Status, error)
	// Down ends it all. Without a cluster it makes sure that none is left.
	Down(ctx context.Context, say Progress) error
}

// Progress takes a line for the person who waits.
type Progress func(line string)

// ErrNone says that a data directory has no cluster.
var ErrNone = errors.New("no cluster runs for this data directory")

// Status is how a cluster is.
type Status struct {
	Connect    string   `json:"connect"` // for clients: sc://host:port
	Provider   string   `json:"provider"`
	Phase      Phase    `json:"phase"`
	Spark      string   `json:"spark"` // version
	Supervisor Process  `json:"supervisor"`
	Master     Process  `json:"master"`
	Driver     Process  `json:"driver"` // the Connect server
	Workers    []Worker `json:"workers"`
	Notes      []string `json:"notes,omitempty"` // what a person should know
}

// Phase is where a cluster is in its life.
type Phase string

// The phases.
const (
	Starting Phase = "starting"
	Ready    Phase = "ready" // it has answered; parts may be on their way back
	Ending   Phase = "ending"
)

// Process is one of a cluster's processes.
type Process struct {
	Alive    bool   `json:"alive"`
	State    string `json:"state,omitempty"` // waiting, starting, running, leaving
	PID      int    `json:"pid,omitempty"`
	Restarts int    `json:"restarts"`
	Reason   string `json:"reason,omitempty"` // why it was started again last
	UI       string `json:"ui,omitempty"`
}

// Worker is a worker with its volume.
type Worker struct {
	Name string `json:"name"`
	Process
	Host         string `json:"host"`
	Cores        int    `json:"cores"`
	Memory       int64  `json:"memory_bytes"`
	RunningTasks int    `json:"running_tasks"`
	Shuffled     int64  `json:"shuffled_bytes"` // read and written, since the Connect server began
	Volume       Volume `json:"volume"`
}

// Volume is where a worker keeps what does not fit its memory, and its shuffles.
type Volume struct {
	Path   string  `json:"path"`
	Used   int64   `json:"used_bytes"`
	Limit  int64   `json:"limit_bytes"` // 0: none
	Method Limiter `json:"limited_by"`
	Why    string  `json:"why,omitempty"` // why it is not a mount
}

// Limiter is what holds a volume to its size.
type Limiter string

// What may hold a volume to its size.
const (
	Unlimited Limiter = "nothing"
	Mounted   Limiter = "mount" // a file system of that size: writes beyond it fail
	Polled    Limiter = "poll"  // looked at every second; a worker beyond it is emptied and started again
)

// Dir is where a data directory's cluster lives.
func Dir(data string) string { return filepath.Join(data, "cluster") }

// StateFile and LockFile are in that folder. A provider's state has at least the fields of Record;
// who looks after the cluster holds the lock.
const (
	StateFile = "state.json"
	LockFile  = "lock"
)

// Record is what every provider writes down.
type Record struct {
	Provider string `json:"provider"`
	Connect  string `json:"connect"`
	Phase    Phase  `json:"phase"`
}

// Running gives the address of the Connect server of a data directory's cluster, if it has one that
// was ready. The server may be on its way back from a failure; the address stays the same.
func Running(data string) (url string, ok bool) {
	text, err := os.ReadFile(filepath.Join(Dir(data), StateFile))
	if err != nil {
		return "", false
	}
	var r Record
	if json.Unmarshal(text, &r) != nil || r.Phase != Ready || r.Connect == "" {
		return "", false
	}
	if !Locked(filepath.Join(Dir(data), LockFile)) && !answers(r.Connect) {
		return "", false
	}
	return r.Connect, true
}

// Locked tells whether some process holds a lock file.
func Locked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

func answers(url string) bool {
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(url, "sc://"), time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
