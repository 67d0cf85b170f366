package sched

// This file plays traces: testdata/*.txt says what happens when, and after "> " what must come of it.
//
//	limits short=1 heavy=1 bulk=1 user-queued=2    slots of the lanes, then Limits by their names in small letters
//	0s arrive a1 ann short 1s [64] [+1]     a job: id, user, lane, CPU time, memory, priority
//	1s finish a1 1s | charge a1 2s | demote a1 | pause a1 | resume a1 | cancel a1 | tick | places
//
// A trace was reckoned by hand from the rules in DESIGN.md.

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTraces(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no traces")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { play(t, file) })
	}
}

func play(t *testing.T, file string) {
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	p := &player{t: t}
	var happened []string // of the last event, not yet compared
	event := ""
	for lines, n := bufio.NewScanner(text), 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		want, isWant := strings.CutPrefix(line, "> ")
		switch {
		case line == "" || line[0] == '#':
			continue
		case isWant && len(happened) > 0 && happened[0] == want:
			happened = happened[1:]
			continue
		case isWant:
			t.Fatalf("%s:%d: %q, not %q", file, n, happened, want)
		case len(happened) > 0:
			t.Fatalf("%s:%d: before this, %q came of %s", file, n, happened, event)
		}
		event = line
		happened = p.do(strings.Fields(line))
	}
	if len(happened) > 0 {
		t.Fatalf("%s: in the end, %q came of %s", file, happened, event)
	}
}

// player is a machine and its clock.
type player struct {
	t   *testing.T
	s   *State
	now time.Duration
}

// do plays an event and tells what came of it.
func (p *player) do(words []string) (happened []string) {
	if words[0] == "limits" {
		p.s = New(p.limits(words[1:]))
		return nil
	}
	p.now = p.time(words[0])
	what, id := words[1], ""
	if len(words) > 2 {
		id = words[2]
	}
	switch what {
	case "arrive":
		job := p.job(words[2:])
		switch at, err := p.s.Arrive(p.now, job); {
		case err != nil:
			return []string{"refused: " + err.Error()}
		case at != job.Pool:
			happened = []string{"waits in " + string(at.Lane)}
		}
	case "finish":
		p.s.Finish(id, p.time(words[3]).Seconds())
	case "charge":
		p.s.Charge(id, p.time(words[3]).Seconds())
	case "demote":
		p.s.Demote(p.now, id, heavies, 0)
	case "pause":
		p.s.Pause(id)
	case "resume":
		p.s.Resume(id)
	case "cancel":
		p.s.Cancel(id)
	case "tick":
		for _, id := range p.s.Tick(p.now) {
			happened = append(happened, "expires "+id)
		}
	case "places":
		for _, w := range p.s.Places(p.now) {
			happened = append(happened, fmt.Sprintf("%s: %d ahead, %v, %s", w.ID, w.Ahead, w.Wait, w.Reason))
		}
	default:
		p.t.Fatalf("no event %q", what)
	}
	for _, id := range p.s.Next(p.now) {
		happened = append(happened, "starts "+id)
	}
	return happened
}

func (p *player) job(words []string) Job {
	j := Job{ID: words[0], User: words[1], Pool: Pool{"duckdb", Lane(words[2])}, CPUSeconds: p.time(words[3]).Seconds()}
	for _, w := range words[4:] {
		if n := p.number(w); w[0] == '+' || w[0] == '-' {
			j.Priority = int(n)
		} else {
			j.Memory = n
		}
	}
	return j
}

func (p *player) limits(words []string) Limits {
	l := Limits{Slots: map[Pool]int{}, UserWeight: map[string]float64{}}
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "short", "heavy", "bulk":
			l.Slots[Pool{"duckdb", Lane(name)}] = int(p.number(value))
		case "memory":
			l.Memory = p.number(value)
		case "user-running":
			l.UserRunning = int(p.number(value))
		case "user-memory":
			l.UserMemory = p.number(value)
		case "user-queued":
			l.UserQueued = int(p.number(value))
		case "queued":
			l.Queued = int(p.number(value))
		case "queue-timeout":
			l.QueueTimeout = p.time(value)
		case "age-after":
			l.AgeAfter = p.time(value)
		case "reserve-after":
			l.ReserveAfter = p.time(value)
		default: // weight of a user
			l.UserWeight[name] = float64(p.number(value))
		}
	}
	return l
}

func (p *player) number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *player) time(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}
