// This file holds the events of tasks: nearly all of a log's bytes.

package eventlog

// A taskStart is SparkListenerTaskStart.
type taskStart struct {
	stage, attempt int
	launch         int64
}

func parseTaskStart(c *cursor, _ *parser) event {
	e := &taskStart{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Stage ID":
			e.stage = int(c.amount())
		case "Stage Attempt ID":
			e.attempt = int(c.amount())
		case "Task Info":
			e.launch, _ = transfer(c, "Launch Time", "")
		default:
			c.skip()
		}
	}
	return e
}

// A taskEnd is SparkListenerTaskEnd.
type taskEnd struct {
	stage, attempt int
	launch, finish int64
	gettingResult  int64 // when it began, 0 if it was not needed
	index          int64
	executor       string
	locality       string
	failure        string // "" for a good task
	failed, killed bool
	retry          bool
	speculative    bool
	sums           Sums // of one task
	heap, unified  int64
}

func parseTaskEnd(c *cursor, p *parser) event {
	e := p.newTaskEnd()
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Stage ID":
			e.stage = int(c.amount())
		case "Stage Attempt ID":
			e.attempt = int(c.amount())
		case "Task End Reason":
			e.reason(c, p)
		case "Task Info":
			e.info(c, p)
		case "Task Executor Metrics":
			e.heap, e.unified = executorMetrics(c)
		case "Task Metrics":
			e.metrics(c)
		default:
			c.skip()
		}
	}
	return e
}

func (e *taskEnd) reason(c *cursor, p *parser) {
	if !c.object() {
		return
	}
	reason, class := "", ""
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Reason":
			reason = p.intern(c.rawString())
		case "Class Name":
			class = p.intern(c.rawString())
		case "Loss Reason", "Kill Reason":
			class = clip(c.text(), 120)
		default:
			c.skip()
		}
	}
	if reason == "Success" {
		return
	}
	e.killed = reason == "TaskKilled"
	e.failed = !e.killed
	if e.failure = reason; class != "" {
		e.failure = reason + ": " + class
	}
}

func (e *taskEnd) info(c *cursor, p *parser) {
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Index":
			e.index = c.amount()
		case "Attempt":
			e.retry = c.number() > 0
		case "Launch Time":
			e.launch = c.time()
		case "Executor ID":
			e.executor = p.intern(c.rawString())
		case "Locality":
			e.locality = p.intern(c.rawString())
		case "Speculative":
			e.speculative = c.truth()
		case "Getting Result Time":
			e.gettingResult = c.time()
		case "Finish Time":
			e.finish = c.time()
		default:
			c.skip()
		}
	}
}

// executorMetrics reads the peaks that Spark sampled in an executor.
func executorMetrics(c *cursor) (heap, unified int64) {
	if !c.object() {
		return 0, 0
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "JVMHeapMemory":
			heap = c.amount()
		case "OnHeapUnifiedMemory", "OffHeapUnifiedMemory":
			unified += c.amount()
		default:
			c.skip()
		}
	}
	return heap, unified
}

func (e *taskEnd) metrics(c *cursor) {
	if !c.object() {
		return
	}
	s := &e.sums
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Executor Deserialize Time":
			s.Deserialize = c.amount()
		case "Executor Deserialize CPU Time":
			s.DeserializeCPU = c.amount()
		case "Executor Run Time":
			s.Run = c.amount()
		case "Executor CPU Time":
			s.CPU = c.amount()
		case "Peak Execution Memory":
			s.PeakMemory = c.amount()
		case "Result Size":
			s.Result = c.amount()
		case "JVM GC Time":
			s.GC = c.amount()
		case "Result Serialization Time":
			s.Serialize = c.amount()
		case "Memory Bytes Spilled":
			s.SpillMemory = c.amount()
		case "Disk Bytes Spilled":
			s.SpillDisk = c.amount()
		case "Shuffle Read Metrics":
			shuffleRead(c, s)
		case "Shuffle Write Metrics":
			shuffleWrite(c, s)
		case "Input Metrics":
			s.InputBytes, s.InputRows = transfer(c, "Bytes Read", "Records Read")
		case "Output Metrics":
			s.OutputBytes, s.OutputRows = transfer(c, "Bytes Written", "Records Written")
		default:
			c.skip()
		}
	}
}

func shuffleRead(c *cursor, s *Sums) {
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Remote Blocks Fetched", "Local Blocks Fetched":
			s.ReadBlocks += c.amount()
		case "Fetch Wait Time":
			s.FetchWait = c.amount()
		case "Remote Bytes Read":
			s.ReadRemote = c.amount()
		case "Remote Bytes Read To Disk":
			s.ReadToDisk = c.amount()
		case "Local Bytes Read":
			s.ReadLocal = c.amount()
		case "Total Records Read":
			s.ReadRows = c.amount()
		default:
			c.skip()
		}
	}
}

func shuffleWrite(c *cursor, s *Sums) {
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Shuffle Bytes Written":
			s.WriteBytes = c.amount()
		case "Shuffle Write Time":
			s.WriteTime = c.amount()
		case "Shuffle Records Written":
			s.WriteRows = c.amount()
		default:
			c.skip()
		}
	}
}

// duration is the time of the attempt, 0 when the log does not tell one of its ends.
func (e *taskEnd) duration() int64 {
	if e.launch == 0 || e.finish < e.launch {
		return 0
	}
	return e.finish - e.launch
}

// transfer reads two numbers of an object.
func transfer(c *cursor, bytes, rows string) (b, r int64) {
	if !c.object() {
		return 0, 0
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case bytes:
			b = c.amount()
		case rows:
			r = c.amount()
		default:
			c.skip()
		}
	}
	return b, r
}
