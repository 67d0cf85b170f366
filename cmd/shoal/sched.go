package main

// This file says how users share the server.

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"shoal/sched"
)

// schedFlags are the flags of shoal serve about that.
type schedFlags struct {
	ShortSlots   int                `help:"Short queries that run at the same time in this process; 0 is two a core, and at least four." default:"0"`
	HeavySlots   int                `help:"Heavy queries that run at the same time in this process; 0 is one for two cores, and at least two." default:"0"`
	UserQueries  int                `help:"Queries of one user that may wait at the same time; more are refused." default:"200"`
	UserRunning  int                `help:"Queries of one user that may run at the same time in a lane; 0 is as many as it has slots." default:"0"`
	UserMemory   string             `help:"Memory that one user's heavy queries may be expected to take at the same time, such as 4GB." placeholder:"SIZE"`
	UserWeight   map[string]float64 `help:"A user's share beside others', whose weight is 1." placeholder:"USER=WEIGHT"`
	QueueTimeout time.Duration      `help:"A query that waited for its turn so long is refused; 0 is never." default:"1h"`
}

// maxWeight bounds a user's weight: beyond it others would have nothing.
const maxWeight = 100

// Validate refuses what no server could hold to.
func (c *schedFlags) Validate() error {
	if c.ShortSlots < 0 || c.ShortSlots > maxSlots || c.HeavySlots < 0 || c.HeavySlots > maxSlots {
		return fmt.Errorf("--short-slots and --heavy-slots are from 0 to %d", maxSlots)
	}
	if c.UserQueries < 1 || c.UserRunning < 0 || c.QueueTimeout < 0 {
		return errors.New("--user-queries must be positive, --user-running and --queue-timeout not negative")
	}
	if _, ok := parseMemory(c.UserMemory); c.UserMemory != "" && !ok {
		return fmt.Errorf("--user-memory: %q is no size such as 4GB or 512MiB", c.UserMemory)
	}
	for user, weight := range c.UserWeight {
		if !(weight >= 1.0/maxWeight && weight <= maxWeight) {
			return fmt.Errorf("--user-weight %s=%g: a weight is from 0.01 to %d", user, weight, maxWeight)
		}
	}
	return nil
}

const (
	maxSlots     = 200 // fewer than an instance of DuckDB has connections
	maxQueued    = 10_000
	ageAfter     = 10 * time.Second
	reserveAfter = 5 * time.Second
	sparkShorts  = 4
)

// limits are those of the scheduler, for heavy queries of so many bytes in all.
func (c *serveCmd) limits(memory int64) sched.Limits {
	cores := c.Threads
	if cores <= 0 {
		cores = runtime.GOMAXPROCS(0)
	}
	shorts, heavies := max(4, 2*cores), max(2, cores/2)
	if c.ShortSlots > 0 {
		shorts = c.ShortSlots
	}
	if c.HeavySlots > 0 {
		heavies = c.HeavySlots
	}
	userMemory, _ := parseMemory(c.UserMemory)
	l := sched.Limits{
		Slots: map[sched.Pool]int{
			{Engine: "duckdb", Lane: sched.Short}: shorts,
			{Engine: "duckdb", Lane: sched.Heavy}: heavies,
		},
		Memory:       memory,
		UserRunning:  c.UserRunning,
		UserMemory:   userMemory,
		UserWeight:   c.UserWeight,
		UserQueued:   c.UserQueries,
		Queued:       maxQueued,
		QueueTimeout: c.QueueTimeout,
		AgeAfter:     ageAfter,
		ReserveAfter: reserveAfter,
	}
	if c.Spark != "" { // how large it is shows when it answers
		l.Slots[sched.Pool{Engine: "spark", Lane: sched.Short}] = sparkShorts
		l.Slots[sched.Pool{Engine: "spark", Lane: sched.Heavy}] = 1
	}
	if c.TokenFile == "" {
		l.UserQueued = maxQueued // who they are nobody knows: all are one user
		return l
	}
	l.Slots[sched.Pool{Engine: "duckdb", Lane: sched.Bulk}] = max(1, cores/2)
	return l
}

// userOperations is how many operations a user may have at work: as many as may wait, and as run. 0 says any number.
func (c *serveCmd) userOperations(l sched.Limits) int {
	if c.TokenFile == "" {
		return 0
	}
	all := c.UserQueries
	for _, slots := range l.Slots {
		all += slots
	}
	return all
}
