// Package shape makes a cluster of instance types and an hourly budget: how many nodes, what they
// cost, how YARN lays executors on them, and the sim.Model that comes of it with a workload. It
// also writes the configuration EMR takes. Build, Layouts and Model are the entries.
package shape

import "shoal/planner/catalogue"

// Shape is a priced cluster.
type Shape struct {
	Name    string
	Note    string
	Master  *catalogue.Type
	Groups  []Group
	Price   Price
	Leans   []catalogue.Lean
	Missing []string // types EMR does not sell
}

// Group is workers of one type.
type Group struct {
	Type    *catalogue.Type
	Count   int
	Volumes Volumes
}

// Volumes are the gp3 disks of a node.
type Volumes struct {
	Count int `json:"count"`
	GiB   int `json:"gib"`
}

// Price is dollars an hour.
type Price struct {
	Master  float64 `json:"master"`
	Workers float64 `json:"workers"`
	EBS     float64 `json:"ebs"`
	Total   float64 `json:"total"`
}

// Layout is what Spark and YARN make of the nodes.
type Layout struct {
	ExecutorCores   int     `json:"executor_cores"`
	ExecutorHeapMiB float64 `json:"executor_heap_mib"`
	OverheadMiB     float64 `json:"overhead_mib"`
	TaskCPUs        int     `json:"task_cpus"`
	Groups          []Laid  `json:"groups"`
	Slots           int     `json:"slots"`
	UnifiedMiB      float64 `json:"unified_mib"` // of an executor: execution and storage
	TaskMiB         float64 `json:"task_mib"`    // execution memory of a task when all slots are busy
	AMNodes         int     `json:"am_nodes"`    // application masters that took an executor's place
	Why             string  `json:"why"`
}

// Laid is a group's nodes after placement.
type Laid struct {
	Type      string  `json:"type"`
	Count     int     `json:"count"`
	YARNMiB   float64 `json:"yarn_mib"`
	Executors int     `json:"executors"` // on a node
	Slots     int     `json:"slots"`     // on a node
	VCPU      int     `json:"vcpu"`
	IdleMiB   float64 `json:"idle_mib"` // YARN memory no executor fits into
}
