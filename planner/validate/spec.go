package main

// This file is scenarios.json: what is run on real Spark and in the simulator alike.

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed scenarios.json
var scenarios []byte

// A Spec is all applications with their scenarios.
type Spec struct {
	Seed    uint64
	Repeats int
	Queries map[string]Query
	Pools   map[string]struct {
		Weight   float64
		MinShare int
	}
	Apps []App
}

// A Query is one of: stages of sleeping tasks, a TPC-H query, a training, a sort.
type Query struct {
	Stages     []Sleep
	TPCH       int
	Iterations int
	Sort       float64 // rows
	Pool       string
}

// Sleep is a stage whose tasks sleep.
type Sleep struct {
	Tasks int
	Sleep float64 // seconds, on average
	CV    float64
	Skew  float64
}

// An App is an application of Spark standalone: scenarios, one after the other.
type App struct {
	Name        string
	Kind        string // scheduling, cpu
	Calibration bool   // all scenarios; its event log is read
	Fresh       bool   // nobody looked at its figures while the simulator was made
	Scheduler   string // FAIR: a pool for each user; POOLS: those of the spec; else FIFO
	Executors   int
	Cores       int     // of each executor
	Fraction    float64 // spark.memory.fraction
	Scenarios   []Scenario
}

// A Scenario is users who ask so many questions each.
type Scenario struct {
	Name        string
	Calibration bool
	Kill        float64 // seconds after which an executor is killed; 0 is never
	Users       []Asking
}

// Asking is a group of users.
type Asking struct {
	Name  string
	Count int
	Think float64
	Asks  int
	Mix   []Part
}

// A Part is a query and its weight, in JSON a pair.
type Part struct {
	Query  string
	Weight float64
}

// UnmarshalJSON reads a pair.
func (p *Part) UnmarshalJSON(text []byte) error {
	pair := []any{&p.Query, &p.Weight}
	return json.Unmarshal(text, &pair)
}

func readSpec() (*Spec, error) {
	var s Spec
	if err := json.Unmarshal(scenarios, &s); err != nil {
		return nil, fmt.Errorf("scenarios.json: %w", err)
	}
	for _, a := range s.Apps {
		for i := range a.Scenarios {
			c := &a.Scenarios[i]
			c.Calibration = c.Calibration || a.Calibration
			for _, u := range c.Users {
				for _, p := range u.Mix {
					if _, ok := s.Queries[p.Query]; !ok {
						return nil, fmt.Errorf("scenarios.json: %s: no query %s", c.Name, p.Query)
					}
				}
			}
		}
	}
	return &s, nil
}

// find returns a scenario and its application.
func (s *Spec) find(name string) (*App, *Scenario) {
	for i := range s.Apps {
		for j := range s.Apps[i].Scenarios {
			if s.Apps[i].Scenarios[j].Name == name {
				return &s.Apps[i], &s.Apps[i].Scenarios[j]
			}
		}
	}
	return nil, nil
}
