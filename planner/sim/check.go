package sim

// This file refuses models that make no sense.

import (
	"fmt"
	"math"
)

// Limits keep a model within what the clock's numbers can hold.
const (
	maxSlots  = 4 << 20
	maxUsers  = 4 << 20
	maxTasks  = 1 << 22 // of a stage
	maxStages = 60
)

func bad(v float64) bool { return v < 0 || math.IsNaN(v) || math.IsInf(v, 0) }

func (m *Model) check() error {
	if m.Horizon <= 0 || bad(m.Horizon) || bad(m.Warmup) || m.Warmup >= m.Horizon {
		return fmt.Errorf("simulation: a horizon of %v s with a warm-up of %v s", m.Horizon, m.Warmup)
	}
	if m.Master.Cores <= 0 || m.Master.Speed <= 0 || bad(m.Master.Cores) || bad(m.Master.Speed) {
		return fmt.Errorf("simulation: the master has %v cores of speed %v", m.Master.Cores, m.Master.Speed)
	}
	slots := 0
	for i, n := range m.Nodes {
		if n.Cores <= 0 || n.Speed <= 0 || bad(n.Cores) || n.Executors < 0 || n.Slots < 0 ||
			n.NIC.Base <= 0 || n.Disk.Base <= 0 || bad(n.NIC.Bucket) || bad(n.Disk.Bucket) {
			return fmt.Errorf("simulation: node %d makes no sense: %+v", i, n)
		}
		slots += n.Executors * n.Slots
	}
	if slots == 0 {
		return fmt.Errorf("simulation: no executor fits on any node")
	}
	if slots > maxSlots {
		return fmt.Errorf("simulation: %d slots; at most %d", slots, maxSlots)
	}
	if m.Loss != nil && (m.Loss.Node < 0 || m.Loss.Node >= len(m.Nodes)) {
		return fmt.Errorf("simulation: no node %d to lose", m.Loss.Node)
	}
	if m.Master.Beside && (m.Loss != nil || m.Sched.PerUser) {
		return fmt.Errorf("simulation: a driver beside tasks is one for all and loses no node")
	}
	for i := range m.Classes {
		if err := m.Classes[i].check(len(m.Sched.Pools)); err != nil {
			return fmt.Errorf("simulation: class %s: %w", m.Classes[i].Name, err)
		}
	}
	return m.checkUsers()
}

func (m *Model) checkUsers() error {
	people := 0
	for _, u := range m.Users {
		people += max(1, u.Count)
		if u.Count < 0 || u.Asks < 0 || bad(u.Think) || bad(u.Rate) || u.Count == 0 && u.Rate == 0 {
			return fmt.Errorf("simulation: users %s: neither a count nor a rate", u.Name)
		}
		total := 0.0
		for _, s := range u.Mix {
			if s.Class < 0 || s.Class >= len(m.Classes) || bad(s.Weight) {
				return fmt.Errorf("simulation: users %s ask class %d", u.Name, s.Class)
			}
			total += s.Weight
		}
		if total <= 0 {
			return fmt.Errorf("simulation: users %s ask nothing", u.Name)
		}
	}
	if people > maxUsers {
		return fmt.Errorf("simulation: %d users; at most %d", people, maxUsers)
	}
	return nil
}

func (c *Class) check(pools int) error {
	if len(c.Stages) > maxStages {
		return fmt.Errorf("%d stages; at most %d", len(c.Stages), maxStages)
	}
	if c.Loops > 0 && (c.From < 0 || c.To >= len(c.Stages) || c.From > c.To) {
		return fmt.Errorf("a loop from %d to %d", c.From, c.To)
	}
	if c.Pool < 0 || pools > 0 && c.Pool >= pools {
		return fmt.Errorf("lane %d", c.Pool)
	}
	for i, s := range c.Stages {
		if s.Tasks < 1 || s.Tasks > maxTasks {
			return fmt.Errorf("stage %s: %d tasks", s.Name, s.Tasks)
		}
		for _, v := range []float64{s.CPU, s.CV, s.Skew, s.Input, s.Fetch, s.Write, s.Memory, s.Driver, s.Collect, s.Spread, s.External} {
			if bad(v) {
				return fmt.Errorf("stage %s: %v", s.Name, v)
			}
		}
		for _, a := range s.After {
			if a < 0 || a >= i {
				return fmt.Errorf("stage %s is after stage %d", s.Name, a)
			}
		}
		if c.Loops > 0 && i > 0 && (len(s.After) != 1 || s.After[0] != i-1) {
			return fmt.Errorf("stage %s: a class with a loop is a chain", s.Name)
		}
	}
	return nil
}
