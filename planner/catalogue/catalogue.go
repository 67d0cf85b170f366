// Package catalogue knows what can be rented: EC2 instance types with their sizes, limits, prices
// and what EMR makes of them. Load is the entry. A field that no source fills stays unknown; it is
// never guessed, and whoever leans on a rule instead is told so by a Lean. The package knows
// neither workloads nor clusters.
package catalogue

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

//go:embed catalogue.csv
var embedded string

// Num is a number that a source may have left open.
type Num struct {
	Value float64
	Known bool
}

// Or is the number, or another where it is unknown.
func (n Num) Or(other float64) float64 {
	if n.Known {
		return n.Value
	}
	return other
}

// MarshalJSON writes null for an unknown number.
func (n Num) MarshalJSON() ([]byte, error) {
	if !n.Known {
		return []byte("null"), nil
	}
	return json.Marshal(n.Value)
}

// A Lean is a figure that a result rests on although no source states it for this type.
type Lean struct {
	Type  string `json:"type"`
	Field string `json:"field"`
	Why   string `json:"why"`
}

// Type is one instance type.
type Type struct {
	Name      string  `json:"name"`
	Family    string  `json:"family"`
	Size      string  `json:"size"`
	Arch      string  `json:"arch"`
	VCPU      int     `json:"vcpu"`
	Cores     int     `json:"cores"`
	MemoryGiB float64 `json:"memory_gib"`

	LocalDisks  int     `json:"local_disks"`
	LocalDiskGB float64 `json:"local_disk_gb"` // each

	NetBaseGbps Num `json:"net_base_gbps"`
	NetPeakGbps Num `json:"net_peak_gbps"`
	EBSBaseMBps Num `json:"ebs_base_mbps"` // megabytes a second, as the instance can drive
	EBSPeakMBps Num `json:"ebs_peak_mbps"`
	EBSBaseIOPS Num `json:"ebs_base_iops"`
	EBSPeakIOPS Num `json:"ebs_peak_iops"`

	OnEMR        bool `json:"on_emr"`         // in EMR's own list of supported types
	EMRMemoryGiB Num  `json:"emr_memory_gib"` // what EMR says it may use
	YARNMiB      Num  `json:"yarn_mib"`       // documented NodeManager memory
	YARNRuleMiB  Num  `json:"yarn_rule_mib"`  // the same by rule

	DefaultVolumes   Num `json:"default_volumes"`
	DefaultVolumeGiB Num `json:"default_volume_gib"`

	prices map[string]price
}

type price struct {
	onDemand, emr, spot Num
	date, emrDate       string
	interrupt           string
}

// Catalogue is all types; it does not change after Load and Override.
type Catalogue struct {
	types  []*Type
	byName map[string]*Type
}

// Regions are those the embedded prices cover.
var Regions = []string{"us-east-1", "us-west-2", "eu-west-1", "ap-northeast-2"}

// columns of the prices a region has in the file; an empty name is a column that does not exist.
var columns = map[string]struct{ onDemand, older, emr, spot, interrupt string }{
	"us-east-1": {"od_usd_h_us_east_1_20260720", "od_usd_h_use1_20250528", "emr_usd_h_use1_20250528",
		"spot_avg_usd_h_use1_20250528", "spot_interrupt_use1_20250528"},
	"us-west-2": {"", "od_usd_h_usw2_20250528", "emr_usd_h_usw2_20250528", "", ""},
	"eu-west-1": {"", "od_usd_h_euw1_20250528", "emr_usd_h_euw1_20250528", "", ""},
	"ap-northeast-2": {"", "od_usd_h_apne2_20250528", "emr_usd_h_apne2_20250528",
		"spot_avg_usd_h_apne2_20250528", "spot_interrupt_apne2_20250528"},
}

const (
	newer = "2026-07-20"
	older = "2025-05-28"
)

// Load reads the embedded catalogue.
func Load() (*Catalogue, error) { return read(strings.NewReader(embedded)) }

func read(r io.Reader) (*Catalogue, error) {
	rows := csv.NewReader(r)
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	c := &Catalogue{byName: map[string]*Type{}}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		row := row{head: head, fields: fields}
		t := row.instance()
		if row.err != nil {
			return nil, fmt.Errorf("catalogue: %s: %w", t.Name, row.err)
		}
		c.types = append(c.types, t)
		c.byName[t.Name] = t
	}
}

// row reads one line of the file by column names and keeps the first error.
type row struct {
	head, fields []string
	err          error
}

func (r *row) text(column string) string {
	if column == "" {
		return ""
	}
	i := slices.Index(r.head, column)
	if i < 0 {
		r.err = errors.Join(r.err, fmt.Errorf("no column %s", column))
		return ""
	}
	return r.fields[i]
}

func (r *row) num(column string) Num {
	text := r.text(column)
	if text == "" {
		return Num{}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		r.err = errors.Join(r.err, fmt.Errorf("column %s: %q is no number", column, text))
	}
	return Num{v, true}
}

func (r *row) must(column string) float64 {
	n := r.num(column)
	if !n.Known {
		r.err = errors.Join(r.err, fmt.Errorf("column %s is empty", column))
	}
	return n.Value
}

func (r *row) instance() *Type {
	t := &Type{
		Name: r.text("instance_type"), Family: r.text("family"), Size: r.text("size"), Arch: r.text("arch"),
		VCPU: int(r.must("vcpu")), Cores: int(r.must("cores")), MemoryGiB: r.must("memory_gib"),
		LocalDisks: int(r.must("local_disk_count")), LocalDiskGB: r.must("local_disk_gb_each"),
		NetBaseGbps: r.num("net_baseline_gbps"), NetPeakGbps: r.num("net_peak_gbps"),
		EBSBaseMBps: r.num("ebs_baseline_MBps"), EBSPeakMBps: r.num("ebs_max_MBps"),
		EBSBaseIOPS: r.num("ebs_baseline_iops"), EBSPeakIOPS: r.num("ebs_max_iops"),
		OnEMR:        r.text("emr_supported_7_14_0") == "yes",
		EMRMemoryGiB: r.num("emr_memory_gb"), YARNMiB: r.num("yarn_nm_memory_mb_doc"), YARNRuleMiB: r.num("yarn_nm_memory_mb_rule"),
		DefaultVolumes: r.num("emr_default_ebs_volumes"), DefaultVolumeGiB: r.num("emr_default_ebs_gib_each"),
		prices: map[string]price{},
	}
	for region, c := range columns {
		p := price{onDemand: r.num(c.onDemand), date: newer, emr: r.num(c.emr), emrDate: older,
			spot: r.num(c.spot), interrupt: r.text(c.interrupt)}
		if !p.onDemand.Known {
			p.onDemand, p.date = r.num(c.older), older
		}
		t.prices[region] = p
	}
	return t
}

// All is every type, in the file's order: family, then size.
func (c *Catalogue) All() []*Type { return c.types }

// Find is the type of that name; the error of an unknown one offers the nearest names.
func (c *Catalogue) Find(name string) (*Type, error) {
	if t, ok := c.byName[name]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("no instance type %q in the catalogue; nearest: %s", name, strings.Join(c.Nearest(name, 3), ", "))
}

// Nearest is the n names that look most like the given one.
func (c *Catalogue) Nearest(name string, n int) []string {
	names := make([]string, len(c.types))
	for i, t := range c.types {
		names[i] = t.Name
	}
	name = strings.ToLower(name)
	slices.SortStableFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	return names[:min(n, len(names))]
}

// distance is Levenshtein's: insertions, deletions and replacements that lead from a to b.
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diagonal := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, prev[j], prev[j+1])
			}
			diagonal, prev[j+1] = prev[j+1], d
		}
	}
	return prev[len(b)]
}

// Launchable is the type itself where EMR sells it, or else the smallest type of the family that EMR
// sells and that is no smaller; nil where there is none.
func (c *Catalogue) Launchable(t *Type) *Type {
	var best *Type
	for _, o := range c.types {
		if o.Family == t.Family && o.OnEMR && o.VCPU >= t.VCPU && (best == nil || o.VCPU < best.VCPU) {
			best = o
		}
	}
	return best
}
