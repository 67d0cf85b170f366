// This file holds what a log tells: the application and its parts.

package eventlog

// An App is one attempt of one Spark application. Times are milliseconds since 1970, durations
// milliseconds and sizes bytes, unless a name says otherwise.
type App struct {
	ID           string `json:"id"`
	Attempt      string `json:"attempt,omitempty"`
	Name         string `json:"name"`
	User         string `json:"user"`
	SparkVersion string `json:"spark_version"`
	Start        int64  `json:"start"`
	End          int64  `json:"end"` // time of the last event when the log does not tell the end

	Env        Environment  `json:"environment"`
	Executors  []*Executor  `json:"executors"`
	Executions []*Execution `json:"executions"`
	Jobs       []*Job       `json:"jobs"`
	Stages     []*Stage     `json:"stages"` // one for each attempt, in order of submission
	Total      Sums         `json:"total"`
	Use        Use          `json:"use"`
	Coverage   Coverage     `json:"coverage"`
}

// An Environment is what the application was started with.
type Environment struct {
	Java  string            `json:"java"`
	Scala string            `json:"scala"`
	Confs map[string]string `json:"confs"` // those that matter to a plan; never secrets
}

// An Executor is one process that ran tasks.
type Executor struct {
	ID           string `json:"id"`
	Host         string `json:"host"`
	Cores        int    `json:"cores"`
	Added        int64  `json:"added"`
	Removed      int64  `json:"removed,omitempty"` // 0: alive at the end
	Reason       string `json:"reason,omitempty"`
	Memory       int64  `json:"memory"`         // for execution and storage, as its block manager said
	PeakUnified  int64  `json:"peak_unified"`   // most of it in use at a time; 0 when Spark did not sample
	PeakHeap     int64  `json:"peak_heap"`      // most heap in use at a time; 0 when Spark did not sample
	Tasks        int64  `json:"tasks"`          // ended here
	Failed       int64  `json:"failed_tasks"`   // of these
	Busy         int64  `json:"busy"`           // task time, summed
	GC           int64  `json:"gc"`             // of that, garbage collection
	LostByItself bool   `json:"lost_by_itself"` // not stopped by the application or by idleness
}

// Asker is who wanted a job or an execution, as far as the log tells.
type Asker struct {
	User    string `json:"user,omitempty"`
	Session string `json:"session,omitempty"`
	Group   string `json:"group,omitempty"`
	Pool    string `json:"pool,omitempty"`
}

// An Execution is one SQL or DataFrame action.
type Execution struct {
	ID          int64  `json:"id"`
	Root        int64  `json:"root"` // the execution it belongs to; its own ID for an outer one
	Description string `json:"description"`
	Asker       Asker  `json:"asker"`
	Start       int64  `json:"start"`
	End         int64  `json:"end,omitempty"` // 0: not seen
	Error       string `json:"error,omitempty"`
	Plan        string `json:"plan"` // operators as first planned: Sort(Exchange(Scan parquet))
	Jobs        []int  `json:"jobs"`
	Spent       Spent  `json:"spent"`

	plan uint64 // fingerprint of the first plan with the places it reads
}

// A Job is one Spark action below an execution, or of the RDD API.
type Job struct {
	ID          int    `json:"id"`
	Execution   int64  `json:"execution"` // -1: none
	Description string `json:"description,omitempty"`
	CallSite    string `json:"call_site,omitempty"`
	Asker       Asker  `json:"asker"`
	Start       int64  `json:"start"`
	End         int64  `json:"end,omitempty"` // 0: not seen
	Failure     string `json:"failure,omitempty"`
	Stages      []int  `json:"stages"`         // IDs of all it needed
	Skipped     int    `json:"skipped_stages"` // of these, found done already
	Spent       Spent  `json:"spent"`
}

// Spent divides the wall-clock time of a job, an execution or the application.
type Spent struct {
	Planning int64 `json:"planning"` // before the first stage: parse, optimise, list files, first broadcast
	Running  int64 `json:"running"`  // a task of it ran
	Waiting  int64 `json:"waiting"`  // a stage of it was ready, no task of it ran: queue for slots, dispatch
	Driver   int64 `json:"driver"`   // after the first stage, nothing was there to run: the driver worked
}

// Wall is the whole time.
func (s Spent) Wall() int64 { return s.Planning + s.Running + s.Waiting + s.Driver }

// Use says how much of the executors the application had and used.
type Use struct {
	Spent     Spent `json:"spent"`      // while somebody waited for an answer
	Asleep    int64 `json:"asleep"`     // nobody waited
	CoreTime  int64 `json:"core_time"`  // cores held x time, whole life
	CoreAwake int64 `json:"core_awake"` // of that, while somebody waited
	CoreBusy  int64 `json:"core_busy"`  // of that, a task ran
	PeakCores int   `json:"peak_cores"` // most held at a time
	PeakTasks int   `json:"peak_tasks"` // most running at a time
}

// A Stage is one attempt of a stage.
type Stage struct {
	ID        int    `json:"id"`
	Attempt   int    `json:"attempt"`
	Name      string `json:"name"`
	Job       int    `json:"job"`       // that submitted it; -1 when not seen
	Execution int64  `json:"execution"` // -1: none
	Parents   []int  `json:"parents"`
	Tasks     int    `json:"tasks"` // planned; Sums.Tasks counts attempts that ended
	Submitted int64  `json:"submitted"`
	Launched  int64  `json:"launched"` // first task
	Completed int64  `json:"completed,omitempty"`
	Failure   string `json:"failure,omitempty"`
	Cached    []int  `json:"cached_rdds,omitempty"` // RDDs in it that are kept in memory
	Shape     string `json:"shape"`                 // operators or RDDs in it

	Sums     Sums           `json:"sums"`
	Duration Dist           `json:"duration"` // of good tasks, launch to finish
	CPU      Dist           `json:"cpu"`      // of good tasks, ms
	Read     Dist           `json:"read"`     // of good tasks, input and shuffle bytes
	Memory   Dist           `json:"memory"`   // of good tasks, peak execution bytes
	Slowest  Task           `json:"slowest"`  // the good task that took longest
	Locality Locality       `json:"locality"`
	running  int32          // tasks
	Failures map[string]int `json:"failures,omitempty"` // failed and killed tasks by reason

	job       *Job
	execution *Execution
}

// Locality counts good tasks by how near their data was.
type Locality struct {
	Process int32 `json:"process"`
	Node    int32 `json:"node"`
	NoPref  int32 `json:"no_preference"`
	Rack    int32 `json:"rack"`
	Any     int32 `json:"any"`
}

func (l *Locality) add(level string) {
	switch level {
	case "PROCESS_LOCAL":
		l.Process++
	case "NODE_LOCAL":
		l.Node++
	case "NO_PREF":
		l.NoPref++
	case "RACK_LOCAL":
		l.Rack++
	default:
		l.Any++
	}
}

// A Task is the part of a task that explains why it was slow.
type Task struct {
	Index    int64  `json:"index"`
	Executor string `json:"executor"`
	Duration int64  `json:"duration"`
	Read     int64  `json:"read"`
	GC       int64  `json:"gc"`
}

// Sums adds up tasks. Only good tasks count beyond the first group.
type Sums struct {
	Tasks       int64 `json:"tasks"` // attempts that ended, good and bad
	Failed      int64 `json:"failed"`
	Killed      int64 `json:"killed"`
	Retried     int64 `json:"retried"` // attempts after the first
	Speculative int64 `json:"speculative"`
	Lost        int64 `json:"lost_time"` // time of failed and killed attempts

	Duration       int64 `json:"duration"` // launch to finish
	Run            int64 `json:"run"`
	CPU            int64 `json:"cpu_ns"`
	GC             int64 `json:"gc"`
	Deserialize    int64 `json:"deserialize"`
	DeserializeCPU int64 `json:"deserialize_cpu_ns"`
	Serialize      int64 `json:"result_serialize"`
	GettingResult  int64 `json:"getting_result"`
	Delay          int64 `json:"scheduler_delay"` // what is left of the duration
	Result         int64 `json:"result_bytes"`

	InputBytes  int64 `json:"input_bytes"`
	InputRows   int64 `json:"input_rows"`
	OutputBytes int64 `json:"output_bytes"`
	OutputRows  int64 `json:"output_rows"`

	ReadRemote  int64 `json:"shuffle_read_remote_bytes"`
	ReadLocal   int64 `json:"shuffle_read_local_bytes"`
	ReadToDisk  int64 `json:"shuffle_read_to_disk_bytes"`
	ReadRows    int64 `json:"shuffle_read_rows"`
	ReadBlocks  int64 `json:"shuffle_read_blocks"`
	FetchWait   int64 `json:"shuffle_fetch_wait"`
	WriteBytes  int64 `json:"shuffle_write_bytes"`
	WriteRows   int64 `json:"shuffle_write_rows"`
	WriteTime   int64 `json:"shuffle_write_ns"`
	SpillMemory int64 `json:"spill_memory_bytes"`
	SpillDisk   int64 `json:"spill_disk_bytes"`
	PeakMemory  int64 `json:"peak_execution_memory"` // of one task
}

// add puts the sums of other to those of s.
func (s *Sums) add(o *Sums) {
	s.Tasks += o.Tasks
	s.Failed += o.Failed
	s.Killed += o.Killed
	s.Retried += o.Retried
	s.Speculative += o.Speculative
	s.Lost += o.Lost
	s.Duration += o.Duration
	s.Run += o.Run
	s.CPU += o.CPU
	s.GC += o.GC
	s.Deserialize += o.Deserialize
	s.DeserializeCPU += o.DeserializeCPU
	s.Serialize += o.Serialize
	s.GettingResult += o.GettingResult
	s.Delay += o.Delay
	s.Result += o.Result
	s.InputBytes += o.InputBytes
	s.InputRows += o.InputRows
	s.OutputBytes += o.OutputBytes
	s.OutputRows += o.OutputRows
	s.ReadRemote += o.ReadRemote
	s.ReadLocal += o.ReadLocal
	s.ReadToDisk += o.ReadToDisk
	s.ReadRows += o.ReadRows
	s.ReadBlocks += o.ReadBlocks
	s.FetchWait += o.FetchWait
	s.WriteBytes += o.WriteBytes
	s.WriteRows += o.WriteRows
	s.WriteTime += o.WriteTime
	s.SpillMemory += o.SpillMemory
	s.SpillDisk += o.SpillDisk
	s.PeakMemory = max(s.PeakMemory, o.PeakMemory)
}

// ReadBytes is what tasks read from outside and from shuffles.
func (s *Sums) ReadBytes() int64 { return s.InputBytes + s.ReadRemote + s.ReadLocal }
