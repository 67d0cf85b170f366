package catalogue

import (
	"math"
	"strings"
	"testing"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoad(t *testing.T) {
	c := load(t)
	if len(c.All()) != 204 {
		t.Errorf("%d types", len(c.All()))
	}
	for _, x := range c.All() {
		if FamilyOf(x).Kind == "unknown" {
			t.Errorf("%s: its family is not described", x.Name)
		}
		if !x.NetBaseGbps.Known || !x.EBSBaseMBps.Known {
			t.Errorf("%s: network or EBS unknown: the simulator would have to guess", x.Name)
		}
	}
}

// vCPUs a dollar, EC2 and EMR's charge, as the issue states them.
func TestPricePerVCPU(t *testing.T) {
	c := load(t)
	for name, want := range map[string]float64{"m5.large": 16.7, "m5.xlarge": 16.7, "m5.8xlarge": 17.7, "r5.8xlarge": 14.0, "r4.xlarge": 12.0, "r5d.4xlarge": 11.3} {
		x, err := c.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		q, err := c.Quote(x, "us-east-1", false)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(x.VCPU) / q.Total(); math.Abs(got-want) > 0.05 {
			t.Errorf("%s: %.2f vCPUs a dollar, want %.1f", name, got, want)
		}
		if byRule := len(q.Leans) > 0; byRule != (name == "m5.large") {
			t.Errorf("%s: leans %v", name, q.Leans)
		}
	}
}

// The rule for EMR's charge gives every published value.
func TestEMRRule(t *testing.T) {
	c := load(t)
	checked := 0
	for _, x := range c.All() {
		p := x.prices["us-east-1"]
		if !p.emr.Known {
			continue
		}
		bare := *x
		bare.prices = map[string]price{"us-east-1": {onDemand: p.onDemand}}
		got, _ := c.emrRule(&bare)
		if math.Abs(got-p.emr.Value) > 0.00051 {
			t.Errorf("%s: rule %.4f, published %.4f", x.Name, got, p.emr.Value)
		}
		checked++
	}
	if checked < 171 {
		t.Errorf("%d checked", checked)
	}
}

// The rule for YARN's memory is in the data; it must give every documented value.
func TestYARNRule(t *testing.T) {
	for _, x := range load(t).All() {
		if x.YARNMiB.Known && x.YARNRuleMiB.Known && x.YARNMiB != x.YARNRuleMiB {
			t.Errorf("%s: documented %v, by rule %v", x.Name, x.YARNMiB.Value, x.YARNRuleMiB.Value)
		}
	}
}

func TestUnknown(t *testing.T) {
	c := load(t)
	if _, err := c.Find("m5.xlagre"); err == nil || !strings.Contains(err.Error(), "m5.xlarge") {
		t.Errorf("%v", err)
	}
	x, _ := c.Find("m5.large")
	if near := c.Launchable(x); near == nil || near.Name != "m5.xlarge" {
		t.Errorf("nearest to m5.large: %+v", near)
	}
	m7a, _ := c.Find("m7a.xlarge")
	if _, err := c.Quote(m7a, "ap-northeast-2", false); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a price nobody knows: %v", err)
	}
	if _, err := c.Quote(x, "us-west-2", true); err == nil {
		t.Error("a Spot price nobody knows")
	}
}

func TestOverride(t *testing.T) {
	c := load(t)
	file := "instance_type,region,usd_per_hour,emr_usd_per_hour\nm5.xlarge,us-east-1,0.1,0.02\nm5.xlarge,mars-1,0.5,0.1\n"
	if err := c.Override("own.csv", strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	x, _ := c.Find("m5.xlarge")
	if q, err := c.Quote(x, "us-east-1", false); err != nil || math.Abs(q.Total()-0.12) > 1e-9 || q.Date != "own price file" {
		t.Errorf("%+v, %v", q, err)
	}
	if q, err := c.Quote(x, "mars-1", false); err != nil || math.Abs(q.Total()-0.6) > 1e-9 {
		t.Errorf("%+v, %v", q, err)
	}
	for _, bad := range []struct{ file, want string }{
		{"", "no header line"},
		{"instance_type,region\n", "no column usd_per_hour"},
		{"instance_type,region,usd_per_hour\nm5.xlarge,us-east-1,cheap\n", `own.csv: line 2: usd_per_hour: "cheap" is no price`},
		{"instance_type,region,usd_per_hour\nm5.xlarge,us-east-1,-1\n", `"-1" is no price`},
		{"instance_type,region,usd_per_hour\nm5.xlarg,us-east-1,1\n", `line 2: no instance type "m5.xlarg"`},
		{"instance_type,region,usd_per_hour\nm5.xlarge,us-east-1\n", "wrong number of fields"},
	} {
		if err := c.Override("own.csv", strings.NewReader(bad.file)); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%q: %v", bad.file, err)
		}
	}
}
