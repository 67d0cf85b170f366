// This file holds the meter that divides a wall-clock time.

package eventlog

// A meter follows one job, one execution or the whole application, and says what its time went to.
// Events come in order but for a few milliseconds; a time before the last one counts as the last one.
type meter struct {
	spent   *Spent
	last    int64
	open    bool
	staged  bool // a stage has begun
	stages  int  // begun and not ended
	running int  // tasks
}

func (m *meter) start(t int64) {
	m.open, m.last = true, t
}

// advance gives the time since the last event to what went on in it.
func (m *meter) advance(t int64) {
	if !m.open || t <= m.last {
		return
	}
	d := t - m.last
	m.last = t
	switch {
	case m.running > 0:
		m.spent.Running += d
	case m.stages > 0:
		m.spent.Waiting += d
	case m.staged:
		m.spent.Driver += d
	default:
		m.spent.Planning += d
	}
}

func (m *meter) end(t int64) {
	m.advance(t)
	m.open = false
}

func (m *meter) stage(t int64, n int) {
	m.advance(t)
	m.staged = true
	m.stages = max(m.stages+n, 0)
}

func (m *meter) task(t int64, n int) {
	m.advance(t)
	m.running = max(m.running+n, 0)
}

// A usage follows the executors' cores.
type usage struct {
	use   *Use
	last  int64
	cores int
	tasks int
	asked int // jobs and executions that are open
	meter meter
}

// advance adds up cores and tasks since the last event.
func (u *usage) advance(t int64) {
	if u.last == 0 {
		u.last = t
	}
	if t <= u.last {
		return
	}
	d := t - u.last
	u.last = t
	u.use.CoreTime += d * int64(u.cores)
	if u.asked == 0 {
		u.use.Asleep += d
		return
	}
	u.use.CoreAwake += d * int64(u.cores)
	u.use.CoreBusy += d * int64(min(u.tasks, u.cores))
}

func (u *usage) addCores(t int64, n int) {
	u.advance(t)
	u.cores = max(u.cores+n, 0)
	u.use.PeakCores = max(u.use.PeakCores, u.cores)
}

func (u *usage) addTask(t int64, n int) {
	u.advance(t)
	u.meter.task(t, n)
	u.tasks = max(u.tasks+n, 0)
	// The start of a task is often told before the end of the one it follows.
	if running := min(u.tasks, u.cores); u.cores > 0 {
		u.use.PeakTasks = max(u.use.PeakTasks, running)
	}
}

// ask opens (1) or closes (-1) a question.
func (u *usage) ask(t int64, n int) {
	u.advance(t)
	switch {
	case n > 0 && u.asked == 0:
		u.meter.staged = false
		u.meter.start(t)
	case n < 0 && u.asked == 1:
		u.meter.end(t)
	}
	u.asked = max(u.asked+n, 0)
}
