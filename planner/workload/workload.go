// Package workload is what people will ask of a cluster and what they want of it, as a YAML file.
// Read is the entry; README.md in this folder explains each field. The package knows neither
// instance types nor how an answer comes about.
package workload

// Workload is a file, checked and with its defaults filled in.
type Workload struct {
	Name     string  `yaml:"name"`
	Preset   string  `yaml:"preset"`   // begins with a preset's queries, jobs and users
	Region   string  `yaml:"region"`   // us-east-1
	Market   string  `yaml:"market"`   // on-demand, spot (workers only)
	Budget   float64 `yaml:"budget"`   // dollars an hour for master, workers and volumes
	Duration Seconds `yaml:"duration"` // simulated, warm-up included
	Warmup   Seconds `yaml:"warmup"`
	Seed     uint64  `yaml:"seed"`
	Runs     int     `yaml:"runs"` // draws of the uncertain inputs for the bands

	Goals   Goals   `yaml:"goals"`
	Spark   Spark   `yaml:"spark"`
	Users   []Users `yaml:"users"`
	Queries []Query `yaml:"queries"`
	Jobs    []Job   `yaml:"jobs"`
	Shapes  []Shape `yaml:"shapes"`
	Search  *Search `yaml:"search"`
}

// Goals are what an answer must keep.
type Goals struct {
	P95             Seconds `yaml:"p95"` // of classes that name none
	SurviveNodeLoss bool    `yaml:"survive_node_loss"`
	LaunchableOnly  bool    `yaml:"launchable_only"`
	MaxNodes        int     `yaml:"max_nodes"`
}

// Spark is how Spark is run.
type Spark struct {
	Driver         string  `yaml:"driver"`    // shared: one for all; per_user: one a user, as Livy and EMR sessions
	Scheduler      string  `yaml:"scheduler"` // fair, fifo, lanes
	MaxActive      int     `yaml:"max_active"`
	Lanes          []Lane  `yaml:"lanes"`
	ExecutorCores  int     `yaml:"executor_cores"` // 0: chosen
	MemoryFraction float64 `yaml:"memory_fraction"`
	Overhead       float64 `yaml:"overhead"` // executor memory overhead factor
	DriverMemory   Bytes   `yaml:"driver_memory"`
}

// Lane is a FAIR pool that queries and jobs name.
type Lane struct {
	Name     string  `yaml:"name"`
	Weight   float64 `yaml:"weight"`
	MinShare float64 `yaml:"min_share"` // of all slots, 0 to 1
}

// Users is a group that asks in the same way.
type Users struct {
	Name  string             `yaml:"name"`
	Count int                `yaml:"count"`
	Think Seconds            `yaml:"think"`
	Rate  Rate               `yaml:"rate"` // instead of count: so many questions a time, whoever asks
	Mix   map[string]float64 `yaml:"mix"`  // shares by name of query or job
}

// Query is a class of questions.
type Query struct {
	Name   string  `yaml:"name"`
	Goal   Seconds `yaml:"goal_p95"`
	Lane   string  `yaml:"lane"`
	Plan   Seconds `yaml:"plan"`   // driver's CPU before the first task
	Result Seconds `yaml:"result"` // driver's CPU after the last
	Stages []Stage `yaml:"stages"`
}

// Stage is a step of a query; sizes are of the whole stage, times and memory of one task.
type Stage struct {
	Name         string   `yaml:"name"`
	After        []string `yaml:"after"` // the stage before, where it is not given; [] for none
	Tasks        int      `yaml:"tasks"` // 0: by input and split, or by shuffle_read and 64 MiB
	Input        Bytes    `yaml:"input"`
	Split        Bytes    `yaml:"split"` // 128 MiB
	CPU          Seconds  `yaml:"cpu"`   // of a task, on an m5 vCPU
	CV           float64  `yaml:"cv"`
	Skew         float64  `yaml:"skew"`
	ShuffleRead  Bytes    `yaml:"shuffle_read"` // what the stages before wrote, where it is not given
	ShuffleWrite Bytes    `yaml:"shuffle_write"`
	Memory       Bytes    `yaml:"memory"`
	Spills       *bool    `yaml:"spills"` // true: spills what does not fit; false: fails
	Broadcast    Bytes    `yaml:"broadcast"`
	Driver       Seconds  `yaml:"driver"`
	Collect      Bytes    `yaml:"collect"`
}

// Job is iterative machine learning: load and cache, then for each iteration a broadcast of the
// model, a short task on each partition, a treeAggregate and some time of the driver.
type Job struct {
	Name       string  `yaml:"name"`
	Goal       Seconds `yaml:"goal_p95"`
	Lane       string  `yaml:"lane"`
	Plan       Seconds `yaml:"plan"`
	Data       Bytes   `yaml:"data"`       // as stored
	Cached     Bytes   `yaml:"cached"`     // in memory; 2.5 x data where not given
	Storage    string  `yaml:"storage"`    // memory_and_disk (default), memory_only, none
	Partitions int     `yaml:"partitions"` // 0: data / 128 MiB
	LoadCPU    Seconds `yaml:"load_cpu"`   // of a partition: read, decode, assemble features
	Iterations int     `yaml:"iterations"`
	CPU        Seconds `yaml:"cpu"` // of a partition, an iteration
	CV         float64 `yaml:"cv"`
	Memory     Bytes   `yaml:"memory"`
	Spills     *bool   `yaml:"spills"`
	Model      Bytes   `yaml:"model"`     // broadcast in each iteration
	Aggregate  Bytes   `yaml:"aggregate"` // each task's share of the treeAggregate
	Driver     Seconds `yaml:"driver"`    // an iteration: optimizer step, line search
}

// Shape is a cluster to compare. Where no group has a count, workers fill the budget.
type Shape struct {
	Name    string  `yaml:"name"`
	Note    string  `yaml:"note"`
	Master  string  `yaml:"master"`
	Workers Workers `yaml:"workers"`
	At      string  `yaml:"-"` // file and line, for errors
}

// Workers is the groups of a shape; in YAML also the bare name of a type.
type Workers []Group

// Group is nodes of one type.
type Group struct {
	Type    string  `yaml:"type"`
	Count   int     `yaml:"count"`   // 0: fills the budget
	Share   float64 `yaml:"share"`   // of the nodes, relative to the other groups
	Volumes int     `yaml:"volumes"` // gp3; 0: EMR's default for the size
	GiB     int     `yaml:"gib"`     // each
}

// Search asks for the best of the whole catalogue too.
type Search struct {
	Families []string `yaml:"families"` // all where empty
	Arch     string   `yaml:"arch"`     // x86_64, arm64; both where empty
	Top      int      `yaml:"top"`      // how many are simulated
}
