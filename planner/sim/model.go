// Package sim runs a Spark cluster on a virtual clock: users ask, the driver plans and dispatches,
// tasks share cores, network and disks of their nodes, nodes die. Run is the entry; the same Model
// gives the same Result, to the bit. The package knows no instance types, no prices and no
// workload files: planner/shape makes a Model from those.
//
// Units: seconds, bytes, cores. A core of speed 1 is one busy vCPU of the reference family (m5).
package sim

// Model is one cluster under one load.
type Model struct {
	Master  Master
	Nodes   []Node
	Classes []Class
	Users   []Users
	Sched   Sched
	Costs   Costs
	Loss    *Loss

	Horizon float64 // simulated seconds, warm-up included
	Warmup  float64 // answers that began before are not counted
	Seed    uint64
	// Trace keeps that many task spans of the first Nodes for a Gantt chart; 0 keeps none.
	Trace int
}

// Master is the machine of the driver.
type Master struct {
	Cores float64 // left to drivers by the daemons of YARN, HDFS and Spark's history
	Speed float64
	NIC   Link
	// MaxActive is how many queries its memory bears at once; 0 is no limit.
	MaxActive int
	// Drivers is how many drivers its memory bears, where each user has one; 0 is no limit.
	Drivers int
	// Beside puts the driver on the cores of the first node, beside its tasks: no master of its own.
	Beside bool
}

// Link is a resource shared evenly by those who use it: bytes a second, with a bucket for bursts.
type Link struct {
	Base   float64 // for ever
	Peak   float64 // while the bucket holds out; at least Base
	Bucket float64 // bytes above Base that a full bucket gives; it refills with what of Base is not used
}

// Node is a worker.
type Node struct {
	Cores     float64 // left to executors by the daemons
	Speed     float64
	Executors int
	Slots     int     // tasks at once in each executor
	Unified   float64 // execution and storage memory of one executor
	Storage   float64 // of it what cached partitions may hold beside the usual tasks
	NIC       Link
	Disk      Link
	WriteBack float64 // dirty bytes the page cache takes before a writer waits for the disk
}

// Class is a kind of query or job.
type Class struct {
	Name   string
	Pool   int     // where Sched has lanes
	Plan   float64 // driver's CPU seconds before the first stage
	Result float64 // driver's CPU seconds after the last
	Stages []Stage
	// Stages From to To are run Loops times, one after the other; Loops 0 is no loop. A class with a
	// loop is a chain: each stage is after the one before.
	From, To, Loops int
	// Cache is what the class keeps in memory from its first stage to its end.
	Cache float64
	// Rebuild says what a partition that is not in memory costs: read again from local disk
	// (MEMORY_AND_DISK), or from the source (MEMORY_ONLY).
	Rebuild Rebuild
}

// Rebuild is a miss of a cached partition, for a task.
type Rebuild struct {
	Disk   float64 // bytes from local disk
	Source float64 // bytes from the source
	CPU    float64 // seconds to decode or compute
}

// Stage is a set of equal tasks that may run at once.
type Stage struct {
	Name  string
	After []int // stages whose output it reads
	Tasks int

	CPU         float64 // mean CPU seconds of a task
	CV          float64 // relative standard deviation between tasks (log-normal); 0 is none
	Exponential bool    // exponential instead, for tests against theory
	Skew        float64 // the largest task is that many times the mean; 0 and 1 are none

	Input    float64 // bytes a task reads from the source, over the network
	Fetch    float64 // bytes a task reads from other nodes' shuffle output
	FetchOf  int     // how many map tasks wrote it
	Write    float64 // bytes of shuffle a task writes
	Memory   float64 // execution memory a task wants
	NoSpill  bool    // a task that gets less memory fails
	Cached   bool    // reads a partition of the class's cache
	Driver   float64 // driver's CPU seconds before the tasks start
	Collect  float64 // bytes all tasks together send to the driver
	Spread   float64 // bytes sent to every executor before the tasks start (a broadcast)
	External float64 // mean seconds a task waits without using anything; varies as CPU does
}

// Users is a group that asks in the same way.
type Users struct {
	Name  string
	Count int     // closed: each asks, waits for the answer, thinks, asks again
	Think float64 // mean, exponential
	Asks  int     // closed: leaves after so many answers; 0 is never
	Rate  float64 // open, where Count is 0: questions a second, Poisson
	Mix   []Share
}

// Share is how often a group asks a class, relative to the other shares.
type Share struct {
	Class  int
	Weight float64
}

// Policy is the order in which free slots go to waiting stages.
type Policy int

const (
	FIFO  Policy = iota // older stages first
	Fair                // a pool for each user, equal weights
	Lanes               // a pool for each lane
)

// Sched is Spark's scheduler and the door before it.
type Sched struct {
	Policy    Policy
	Pools     []Pool // of Lanes
	FairIn    bool   // stages inside a pool share it evenly, else older first
	MaxActive int    // queries at once; the others wait at the door. 0 is no limit
	PerUser   bool   // every user has a driver and executors of their own, as Livy and EMR sessions do
}

// Pool is a lane with Spark's meaning of weight and minShare.
type Pool struct {
	Name     string
	Weight   float64
	MinShare int
}

// Costs are the overheads of Spark itself. The zero value costs nothing: tests against theory use
// it. Usual has the figures planner/DESIGN.md explains.
type Costs struct {
	Submit   float64 // driver's CPU seconds for a stage
	Dispatch float64 // driver's CPU seconds for a task, one after the other within a driver
	Launch   float64 // seconds from dispatch to the first line of user code in an executor
	Unpack   float64 // CPU seconds for a task beside its own: fetched, unpacked, reported; on its node's cores

	FirstByte  float64 // seconds of latency before the source sends
	SourceFlow float64 // bytes a second of one connection to the source; 0 is no limit
	FetchHost  float64 // seconds a reducer needs for each other node it fetches from
	FetchBlock float64 // seconds a reducer needs for each map output it fetches
	Hop        float64 // seconds for one step of a broadcast's tree
	Merge      float64 // driver's CPU seconds a byte collected

	SpillBytes float64 // bytes to disk for each byte that does not fit: written and read again
	SpillCPU   float64 // seconds a byte that does not fit
	Straggle   float64 // probability that a task is a straggler
	StraggleBy float64 // how many times longer it computes
	Uneven     float64 // relative standard deviation of speed between nodes
	Resubmit   float64 // seconds between a failed fetch and the lost map output being made again
	Gap        float64 // share of a task that has passed when it comes to lost map output
	Cold       float64 // seconds longer that the first tasks of a new executor take
	Start      float64 // seconds to start an executor after an idle time, where PerUser
	Idle       float64 // seconds after which an idle user's executors are given back, where PerUser
}

// Loss is the death of a node.
type Loss struct {
	At     float64 // seconds; negative is before the beginning
	Node   int
	Detect float64 // until the driver knows
	Back   float64 // until a new node stands in its place; 0 is never
}
