package sim

// This file is map output that died with a node. Spark's driver forgets it once it knows of the death.
// A running map stage makes it again at once. A stage that is submitted later has it made first. A
// running reduce stage does not know: its next tasks fail where they come to the gap; at the first
// of them Spark stops the stage, waits a moment, makes the lost output again and goes on with the
// tasks that are missing.

// What has become of a stage's output.
const (
	unmade uint8 = iota // or in the making
	made
	lost     // in part
	remaking // the lost part
)

// lose marks the output that is on a node when it dies.
func (e *engine) lose() {
	for i := range e.queries {
		for s, state := range e.queries[i].output {
			if state == made {
				e.queries[i].output[s] = lost
			}
		}
	}
	for id := range e.stages {
		if s := &e.stages[id]; e.activeStage(int32(id)) && e.finished(s) > 0 {
			e.queries[s.query].output[s.of] = lost
		}
	}
}

// finished is how many tasks of a stage are done.
func (e *engine) finished(s *stage) int32 {
	return int32(e.m.Classes[e.queries[s.query].class].Stages[s.of].Tasks) - s.left
}

// activeStage says whether a record is in use by a stage whose tasks wait or run.
func (e *engine) activeStage(id int32) bool {
	s := &e.stages[id]
	return s.left > 0 && s.redo < 0 && !s.blocked && s.ready > 0
}

// lostShare is the part of all output that was on the dead node.
func (e *engine) lostShare() float64 {
	return float64(e.nodes[e.m.Loss.Node].slots) / float64(len(e.slots))
}

// remake puts back those finished tasks of a running stage whose map output was on the node.
func (e *engine) remake(id int32, share float64) {
	s := &e.stages[id]
	q := &e.queries[s.query]
	if len(e.classes[q.class].followers[s.of]) == 0 || q.failed {
		return
	}
	q.output[s.of] = unmade
	tasks := int32(float64(e.finished(s))*share + 0.5)
	if tasks <= 0 {
		return
	}
	e.count.rework += float64(tasks) * e.m.Classes[q.class].Stages[s.of].CPU
	s.pending += tasks
	s.left += tasks
	e.wait(id)
}

// lacks says whether a stage reads map output that is lost.
func (e *engine) lacks(q *query, of int32) bool {
	if !e.died || q.failed {
		return false
	}
	t := &e.m.Classes[q.class].Stages[of]
	if t.Fetch == 0 {
		return false
	}
	for _, a := range t.After {
		if q.output[a] >= lost {
			return true
		}
	}
	return false
}

// gap is the end of a task that came to lost map output. The first one stops its stage.
func (e *engine) gap(l *slot) {
	s := &e.stages[l.stage]
	e.count.rework += l.work
	if s.pending > 0 && !s.blocked {
		e.leave(l.stage)
	}
	s.pending++
	switch {
	case l.try != s.try: // of an attempt that was stopped before
		e.wait(l.stage)
	case !s.blocked:
		s.blocked = true
		e.clock.set(e.stage0+2*l.stage, e.now+e.m.Costs.Resubmit)
	}
}

// recover has the output made again that a stopped stage lacks.
func (e *engine) recover(id int32) {
	if !e.redo(id) {
		e.unblock(id)
	}
}

// redo begins stages for the lost output that a stage reads, and before them for what those read. It
// says whether there are any.
func (e *engine) redo(id int32) bool {
	query, of := e.stages[id].query, e.stages[id].of
	q := &e.queries[query]
	stages := e.m.Classes[q.class].Stages
	if q.failed || stages[of].Fetch == 0 {
		return false
	}
	for _, a := range stages[of].After {
		if q.output[a] != lost {
			continue
		}
		tasks := int32(float64(stages[a].Tasks)*e.lostShare() + 0.5)
		if tasks == 0 {
			q.output[a] = made
			continue
		}
		q.output[a] = remaking
		e.count.rework += float64(tasks) * stages[a].CPU
		again := e.newStage()
		e.stages[again] = stage{query: query, of: int32(a), pool: e.stages[id].pool, pending: tasks, left: tasks,
			next: int32(stages[a].Tasks), redo: id, order: e.stages[id].order, since: e.now}
		q.live++
		e.stages[id].awaits++
		e.stages[id].blocked = true
		if !e.redo(again) {
			e.drive(e.m.Costs.Submit, again<<2|staging)
		}
	}
	return e.stages[id].awaits > 0
}

// redone is the end of a stage that made lost output again.
func (e *engine) redone(s *stage) {
	e.queries[s.query].output[s.of] = made
	waits := &e.stages[s.redo]
	if waits.awaits--; waits.awaits == 0 {
		e.unblock(s.redo)
	}
}

// unblock lets a stage go on whose lost input is there again.
func (e *engine) unblock(id int32) {
	s := &e.stages[id]
	s.blocked = false
	s.try++
	if s.redo >= 0 {
		s.since = e.now
		e.drive(e.m.Costs.Submit, id<<2|staging)
		return
	}
	e.wait(id)
}
