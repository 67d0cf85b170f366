package shape

// This file fills a budget with nodes.

import (
	"fmt"
	"math"

	"shoal/planner/catalogue"
	"shoal/planner/workload"
)

// rootGiB is the root volume EMR gives each node.
const rootGiB = 15

// maxNodes keeps a slip of the pen from becoming a very large simulation.
const maxNodes = 20000

// Build makes the shape a file asks for, of as many workers as the budget allows.
func Build(c *catalogue.Catalogue, spec workload.Shape, w *workload.Workload) (*Shape, error) {
	s := &Shape{Name: spec.Name, Note: spec.Note}
	master, err := c.Find(spec.Master)
	if err != nil {
		return nil, fmt.Errorf("shape %s: master: %w", spec.Name, err)
	}
	s.Master = master
	if s.Price.Master, err = s.node(c, master, w.Region, false, Volumes{}); err != nil {
		return nil, fmt.Errorf("shape %s: master: %w", spec.Name, err)
	}
	prices := make([]float64, len(spec.Workers))
	for i, g := range spec.Workers {
		t, err := c.Find(g.Type)
		if err != nil {
			return nil, fmt.Errorf("shape %s: workers: %w", spec.Name, err)
		}
		volumes := Volumes{g.Volumes, g.GiB}
		if prices[i], err = s.node(c, t, w.Region, w.Market == "spot", volumes); err != nil {
			return nil, fmt.Errorf("shape %s: workers: %w", spec.Name, err)
		}
		s.Groups = append(s.Groups, Group{Type: t, Count: g.Count, Volumes: s.volumes(t, volumes)})
	}
	if err := s.fill(spec, w, prices); err != nil {
		return nil, fmt.Errorf("shape %s: %w", spec.Name, err)
	}
	s.total(prices)
	s.Leans = unique(s.Leans)
	return s, nil
}

// node is what a node costs an hour with its volumes; what that leans on is noted.
func (s *Shape) node(c *catalogue.Catalogue, t *catalogue.Type, region string, spot bool, v Volumes) (float64, error) {
	q, err := c.Quote(t, region, spot)
	if err != nil {
		return 0, err
	}
	s.Leans = append(s.Leans, q.Leans...)
	if !t.OnEMR {
		missing := true
		for _, m := range s.Missing {
			missing = missing && m != t.Name
		}
		if missing {
			s.Missing = append(s.Missing, t.Name)
		}
	}
	v = s.volumes(t, v)
	return q.Total() + ebs(v), nil
}

// ebs is the price of a node's volumes an hour.
func ebs(v Volumes) float64 {
	return float64(v.Count*v.GiB+rootGiB) * catalogue.EBSMonth / catalogue.HoursAMonth
}

// volumes is what was asked for, or else EMR's default for the size.
func (s *Shape) volumes(t *catalogue.Type, v Volumes) Volumes {
	if v.Count > 0 {
		if v.GiB == 0 {
			v.GiB = 64
		}
		return v
	}
	if t.DefaultVolumes.Known && t.DefaultVolumeGiB.Known {
		return Volumes{int(t.DefaultVolumes.Value), int(t.DefaultVolumeGiB.Value)}
	}
	if t.LocalDisks > 0 {
		return Volumes{} // EMR adds no volumes to types with disks of their own
	}
	// The table of defaults has one volume of 32 GiB for a large and four for what is larger than an xlarge.
	n := min(4, max(1, t.VCPU/2))
	v = Volumes{n, 32 * max(1, t.VCPU/8)}
	s.Leans = append(s.Leans, catalogue.Lean{Type: t.Name, Field: "default volumes",
		Why: fmt.Sprintf("taken as %d x %d GiB, by the row of its size: EMR's table has no default for it", v.Count, v.GiB)})
	return v
}

// fill sets the counts of groups that have none.
func (s *Shape) fill(spec workload.Shape, w *workload.Workload, prices []float64) error {
	left := w.Budget - s.Price.Master
	if left < 0 {
		return fmt.Errorf("the budget of $%.2f an hour binds: the master %s alone costs $%.3f", w.Budget, s.Master.Name, s.Price.Master)
	}
	limit := maxNodes
	if w.Goals.MaxNodes > 0 {
		limit = w.Goals.MaxNodes - 1
	}
	if spec.Workers[0].Count > 0 {
		cost, nodes := 0.0, 0
		for i, g := range s.Groups {
			cost += float64(g.Count) * prices[i]
			nodes += g.Count
		}
		if cost > left+1e-9 {
			return fmt.Errorf("the budget of $%.2f an hour binds: %d workers and the master cost $%.2f", w.Budget, nodes, cost+s.Price.Master)
		}
		if nodes > limit {
			return fmt.Errorf("goals.max_nodes binds: %d nodes, %d allowed", nodes+1, limit+1)
		}
		return nil
	}
	for n := 0; n < limit; n++ {
		// The group that is furthest below its share comes next, if there is money for it.
		best, least := -1, math.Inf(1)
		for i := range s.Groups {
			at := float64(s.Groups[i].Count) / spec.Workers[i].Share
			if prices[i] <= left+1e-9 && at < least {
				best, least = i, at
			}
		}
		if best < 0 {
			break
		}
		s.Groups[best].Count++
		left -= prices[best]
	}
	for i, g := range s.Groups {
		if g.Count == 0 && limit < len(s.Groups) {
			return fmt.Errorf("goals.max_nodes binds: %d nodes are too few for a master and %d groups of workers", limit+1, len(s.Groups))
		}
		if g.Count == 0 {
			return fmt.Errorf("the budget of $%.2f an hour binds: after the master %s ($%.3f) no worker %s ($%.3f) is left",
				w.Budget, s.Master.Name, s.Price.Master, g.Type.Name, prices[i])
		}
	}
	return nil
}

// total adds up the prices, with the volumes apart.
func (s *Shape) total(prices []float64) {
	p := &s.Price
	p.EBS = ebs(s.volumes(s.Master, Volumes{}))
	p.Master -= p.EBS
	for i, g := range s.Groups {
		disks := ebs(g.Volumes) * float64(g.Count)
		p.EBS += disks
		p.Workers += prices[i]*float64(g.Count) - disks
	}
	p.Total = p.Master + p.Workers + p.EBS
}

// Nodes is the number of workers.
func (s *Shape) Nodes() int {
	n := 0
	for _, g := range s.Groups {
		n += g.Count
	}
	return n
}

// VCPU is the vCPUs of the workers.
func (s *Shape) VCPU() int {
	n := 0
	for _, g := range s.Groups {
		n += g.Count * g.Type.VCPU
	}
	return n
}

// MemoryGiB is the memory of the workers.
func (s *Shape) MemoryGiB() float64 {
	sum := 0.0
	for _, g := range s.Groups {
		sum += float64(g.Count) * g.Type.MemoryGiB
	}
	return sum
}

func unique(leans []catalogue.Lean) []catalogue.Lean {
	seen := map[catalogue.Lean]bool{}
	var list []catalogue.Lean
	for _, l := range leans {
		if !seen[l] {
			seen[l] = true
			list = append(list, l)
		}
	}
	return list
}
