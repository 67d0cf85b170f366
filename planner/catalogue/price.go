package catalogue

// This file says what a type costs an hour, and reads price files of the user's own.

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Quote is what one instance costs an hour without its volumes.
type Quote struct {
	EC2       float64 `json:"ec2_usd"`
	EMR       float64 `json:"emr_usd"`
	Date      string  `json:"date"`                // of the EC2 price
	Interrupt string  `json:"interrupt,omitempty"` // how often Spot took such instances back in a month
	Leans     []Lean  `json:"leans,omitempty"`
}

// Total is EC2's and EMR's charge together.
func (q Quote) Total() float64 { return q.EC2 + q.EMR }

// EBSMonth is the price of a gigabyte of gp3 for a month, in dollars, in us-east-1.
const EBSMonth = 0.08

// HoursAMonth is how AWS turns monthly prices into hourly ones.
const HoursAMonth = 730

// Quote is the price in a region, on demand or on the Spot market. The error says what is unknown.
func (c *Catalogue) Quote(t *Type, region string, spot bool) (Quote, error) {
	p, ok := t.prices[region]
	if !ok {
		return Quote{}, fmt.Errorf("no prices for region %q; there are prices for %s", region, strings.Join(c.Regions(), ", "))
	}
	q := Quote{EC2: p.onDemand.Value, Date: p.date}
	if !p.onDemand.Known {
		return Quote{}, fmt.Errorf("the price of %s in %s is unknown", t.Name, region)
	}
	if spot {
		if !p.spot.Known {
			return Quote{}, fmt.Errorf("the Spot price of %s in %s is unknown", t.Name, region)
		}
		q.EC2, q.Interrupt, q.Date = p.spot.Value, p.interrupt, older
		q.Leans = append(q.Leans, Lean{t.Name, "Spot price", "an average of " + older + "; Spot prices move"})
	}
	if p.emr.Known {
		q.EMR = p.emr.Value
		return q, nil
	}
	charge, why := c.emrRule(t)
	if charge < 0 {
		return Quote{}, fmt.Errorf("EMR's charge for %s in %s is unknown", t.Name, region)
	}
	q.EMR = charge
	q.Leans = append(q.Leans, Lean{t.Name, "EMR charge", why})
	return q, nil
}

// Regions are those that there are prices for.
func (c *Catalogue) Regions() []string {
	known := map[string]bool{}
	for _, t := range c.types {
		for region := range t.prices {
			known[region] = true
		}
	}
	list := make([]string, 0, len(known))
	for region := range known {
		list = append(list, region)
	}
	slices.Sort(list)
	return list
}

const emrCap = 0.27

// capped are the families whose EMR charge stops at emrCap.
var capped = map[string]bool{"m4": true, "m5": true, "m5a": true, "m5d": true, "c5": true, "c5d": true,
	"r4": true, "r5": true, "r5a": true, "r5d": true, "i3": true}

// emrRule is the charge by the rule that fits all published ones: the same dollars in each region.
func (c *Catalogue) emrRule(t *Type) (charge float64, why string) {
	for _, region := range Regions {
		if p := t.prices[region]; p.emr.Known {
			return p.emr.Value, "the published charge of " + region + ", which is the same in every region seen"
		}
	}
	base := t.prices["us-east-1"].onDemand
	if !base.Known {
		return -1, ""
	}
	share := 0.25
	if t.Family == "m4" {
		share = 0.30
	}
	charge = base.Value * share
	if capped[t.Family] {
		charge = min(emrCap, math.Ceil(charge*1000-1e-9)/1000)
	}
	why = fmt.Sprintf("by rule, %.0f %% of the us-east-1 price: no charge is published", share*100)
	if !t.OnEMR {
		why += ", for EMR does not sell this type"
	}
	return charge, why
}

// Override replaces prices by those of a CSV file with the columns instance_type, region,
// usd_per_hour and, where wanted, emr_usd_per_hour and spot_usd_per_hour.
func (c *Catalogue) Override(name string, r io.Reader) error {
	rows := csv.NewReader(r)
	head, err := rows.Read()
	if err != nil {
		return fmt.Errorf("%s: no header line: %w", name, err)
	}
	for _, needed := range []string{"instance_type", "region", "usd_per_hour"} {
		if !slices.Contains(head, needed) {
			return fmt.Errorf("%s: line 1: no column %s", name, needed)
		}
	}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := rows.FieldPos(0)
		if err := c.override(head, fields); err != nil {
			return fmt.Errorf("%s: line %d: %w", name, line, err)
		}
	}
}

func (c *Catalogue) override(head, fields []string) error {
	get := func(column string) string {
		if i := slices.Index(head, column); i >= 0 {
			return fields[i]
		}
		return ""
	}
	t, err := c.Find(get("instance_type"))
	if err != nil {
		return err
	}
	region := get("region")
	if region == "" {
		return errors.New("region is empty")
	}
	p := t.prices[region]
	for column, to := range map[string]*Num{"usd_per_hour": &p.onDemand, "emr_usd_per_hour": &p.emr, "spot_usd_per_hour": &p.spot} {
		text := get(column)
		if text == "" {
			continue
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v < 0 || v > 1e4 || math.IsNaN(v) {
			return fmt.Errorf("%s: %q is no price", column, text)
		}
		*to = Num{v, true}
	}
	p.date = "own price file"
	t.prices[region] = p
	return nil
}
