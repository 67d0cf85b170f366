package rank

// This file writes the configuration with which EMR starts a shape: what
// "aws emr create-cluster --instance-groups file://... --configurations file://..." takes.

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"shoal/planner/workload"
)

// EMR is the files for a shape.
type EMR struct {
	InstanceGroups []InstanceGroup `json:"InstanceGroups"`
	Configurations []Configuration `json:"Configurations"`
	// Pools is Spark's allocation file, empty where the scheduler has no lanes. It goes to where
	// spark.scheduler.allocation.file points.
	Pools string `json:"-"`
}

// InstanceGroup is EMR's InstanceGroupConfig.
type InstanceGroup struct {
	Name              string `json:"Name"`
	InstanceGroupType string `json:"InstanceGroupType"`
	InstanceType      string `json:"InstanceType"`
	InstanceCount     int    `json:"InstanceCount"`
	BidPrice          string `json:"BidPrice,omitempty"`
	EbsConfiguration  *EBS   `json:"EbsConfiguration,omitempty"`
}

// EBS is EMR's EbsConfiguration.
type EBS struct {
	EbsOptimized          bool    `json:"EbsOptimized"`
	EbsBlockDeviceConfigs []Block `json:"EbsBlockDeviceConfigs"`
}

// Block is EMR's EbsBlockDeviceConfig.
type Block struct {
	VolumesPerInstance  int `json:"VolumesPerInstance"`
	VolumeSpecification struct {
		VolumeType string `json:"VolumeType"`
		SizeInGB   int    `json:"SizeInGB"`
	} `json:"VolumeSpecification"`
}

// Configuration is EMR's Configuration.
type Configuration struct {
	Classification string            `json:"Classification"`
	Properties     map[string]string `json:"Properties"`
}

// PoolsPath is where Spark on the master looks for the pools.
const PoolsPath = "/etc/spark/conf/fairscheduler.xml"

// EMR is the configuration of an entry; an entry that EMR cannot start is an error.
func (e *Entry) EMR(w *workload.Workload) (*EMR, error) {
	if !e.Launchable {
		return nil, fmt.Errorf("%s cannot be started: EMR does not sell %s", e.Name, strings.Join(e.Missing, " and "))
	}
	c := &EMR{InstanceGroups: []InstanceGroup{{Name: "master", InstanceGroupType: "MASTER", InstanceType: e.Master, InstanceCount: 1}}}
	for i, g := range e.Workers {
		kind := "CORE"
		if i > 0 {
			kind = "TASK" // EMR allows one core group
		}
		group := InstanceGroup{Name: strings.ToLower(kind) + " " + g.Type, InstanceGroupType: kind, InstanceType: g.Type, InstanceCount: g.Count}
		if w.Market == "spot" {
			group.BidPrice = "OnDemandPrice"
		}
		if g.Volumes.Count > 0 {
			b := Block{VolumesPerInstance: g.Volumes.Count}
			b.VolumeSpecification.VolumeType, b.VolumeSpecification.SizeInGB = "gp3", g.Volumes.GiB
			group.EbsConfiguration = &EBS{EbsOptimized: true, EbsBlockDeviceConfigs: []Block{b}}
		}
		c.InstanceGroups = append(c.InstanceGroups, group)
	}
	c.Configurations = []Configuration{
		{"spark", map[string]string{"maximizeResourceAllocation": "false"}},
		{"spark-defaults", e.sparkDefaults(w)},
	}
	if w.Spark.Scheduler == "lanes" {
		c.Pools = pools(w, e.Layout.Slots)
	}
	return c, nil
}

// sparkDefaults is the confs that make Spark lay itself out as the simulator did.
func (e *Entry) sparkDefaults(w *workload.Workload) map[string]string {
	l := e.Layout
	mib := func(v float64) string { return strconv.Itoa(int(math.Floor(v))) + "m" }
	conf := map[string]string{
		"spark.executor.cores":            strconv.Itoa(l.ExecutorCores),
		"spark.executor.memory":           mib(l.ExecutorHeapMiB),
		"spark.executor.memoryOverhead":   mib(l.OverheadMiB),
		"spark.task.cpus":                 strconv.Itoa(l.TaskCPUs),
		"spark.memory.fraction":           strconv.FormatFloat(w.Spark.MemoryFraction, 'g', -1, 64),
		"spark.driver.memory":             mib(float64(w.Spark.DriverMemory) / (1 << 20)),
		"spark.sql.adaptive.enabled":      "true",
		"spark.dynamicAllocation.enabled": "true",
		"spark.shuffle.service.enabled":   "true",
	}
	if w.Spark.Driver == "shared" {
		// One application for all keeps every executor.
		executors := 0
		for _, g := range l.Groups {
			executors += g.Count * g.Executors
		}
		conf["spark.dynamicAllocation.enabled"] = "false"
		conf["spark.executor.instances"] = strconv.Itoa(executors - l.AMNodes)
	}
	switch w.Spark.Scheduler {
	case "fair":
		conf["spark.scheduler.mode"] = "FAIR"
	case "lanes":
		conf["spark.scheduler.mode"] = "FAIR"
		conf["spark.scheduler.allocation.file"] = "file://" + PoolsPath
	}
	return conf
}

// pools is Spark's allocation file for the lanes.
func pools(w *workload.Workload, slots int) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<allocations>\n")
	for _, l := range w.Spark.Lanes {
		fmt.Fprintf(&b, "  <pool name=%q>\n    <schedulingMode>FAIR</schedulingMode>\n    <weight>%.0f</weight>\n    <minShare>%d</minShare>\n  </pool>\n",
			l.Name, math.Max(1, math.Round(l.Weight)), int(l.MinShare*float64(slots)))
	}
	b.WriteString("</allocations>\n")
	return b.String()
}
