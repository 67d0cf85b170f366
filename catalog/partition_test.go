package catalog

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shoal/fault"
	"shoal/plan"
)

// TestPartitionText: the values real Spark 4.1.4 shows for such folders, as plan.File spells them.
func TestPartitionText(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		raw  string
		typ  plan.Type
		want string
		ok   bool
	}{
		{"01", plan.Int, "1", true},
		{"-5", plan.Int, "-5", true},
		{" 1", plan.Double, "1", true},
		{"1d", plan.Double, "1", true},
		{"0x1p3", plan.Double, "8", true},
		{"NaN", plan.Double, "NaN", true},
		{"Infinity", plan.Double, "Infinity", true},
		{"1.", plan.Decimal{Precision: 1}, "1", true},
		{"1e3", plan.Decimal{Precision: 4}, "1000", true},
		{"1", plan.Decimal{Precision: 20}, "1", true},
		{"1.50", plan.Decimal{Precision: 5, Scale: 2}, "1.50", true},
		{"2020-01-01", plan.Date, "2020-01-01", true},
		{"2020-01-01", plan.Timestamp, "2019-12-31 23:00:00.000000", true},
		{"2020-07-01 10%3A00%3A00", plan.Timestamp, "2020-07-01 08:00:00.000000", true},
		{"2020-07-01 10%3A00%3A00", plan.TimestampNTZ, "2020-07-01 10:00:00.000000", true},
		{"a%2Fb%3Dc", plan.String, "a/b=c", true},
		{"01", plan.String, "01", true},
		{nullPartition, plan.Int, nullPartition, true},
		{"x", plan.Int, "", false},
		{"2020-13-01", plan.Date, "", false},
		{"10000000000", plan.Int, "", false},
	} {
		got, ok := partitionText(c.raw, unescapePath(c.raw), c.typ, berlin)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s as %v: got %q, %v, want %q, %v", c.raw, c.typ, got, ok, c.want, c.ok)
		}
	}
}

func TestPartitionsOfFiles(t *testing.T) {
	c := testCatalog(t)
	scan, err := c.Scan(context.Background(), &plan.Read{Format: "parquet", Paths: []string{filepath.Join(files(t), "parts/all")}}, utc)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1", "10000000000", "12345678901234567890", "1.5", "2020-01-01", "2020-01-01 10:00:00.000000", "a b", nullPartition}
	if scan.Partitions != len(want) || !slices.Equal(scan.Files[0].Partition, want) {
		t.Errorf("got %d columns, %q, want %q", scan.Partitions, scan.Files[0].Partition, want)
	}
}

func TestPhysicalNames(t *testing.T) {
	c := testCatalog(t)
	for _, want := range []struct {
		path   string
		schema []plan.Field
		names  []string
		mixed  bool
	}{
		{"layout/merge", nil, []string{"a", "b"}, true}, // the second file has B and c
		{"layout/merge", []plan.Field{{Name: "C", Type: plan.Double}, {Name: "x", Type: plan.Int}}, []string{"c", ""}, true},
		{"layout/merge", []plan.Field{{Name: "B", Type: plan.String}}, []string{"b"}, false},
		{"parts/int_long", []plan.Field{{Name: "V", Type: plan.Long}, {Name: "P", Type: plan.String}}, []string{"v"}, false},
		{"layout/merge_wider", []plan.Field{{Name: "a", Type: plan.Long}}, []string{"a"}, false},
	} {
		read := &plan.Read{Format: "parquet", Paths: []string{filepath.Join(files(t), want.path)}}
		if want.schema != nil {
			read.Schema = &plan.Struct{Fields: want.schema}
		}
		scan, err := c.Scan(context.Background(), read, utc)
		if err != nil {
			t.Errorf("%s %v: %v", want.path, want.schema, err)
			continue
		}
		if !slices.Equal(scan.Physical, want.names) || scan.Mixed != want.mixed {
			t.Errorf("%s %v: got %q, %v, want %q, %v", want.path, want.schema, scan.Physical, scan.Mixed, want.names, want.mixed)
		}
	}
	read := &plan.Read{Format: "parquet", Paths: []string{filepath.Join(files(t), "layout/merge")}, Schema: &plan.Struct{Fields: []plan.Field{{Name: "b", Type: plan.Int}}}}
	if scan, err := c.Scan(context.Background(), read, utc); !fault.IsUnsupported(err) {
		t.Errorf("a text column as INT: got %v, %v", scan, err)
	}
}

func TestWarehouseIsAlwaysOpen(t *testing.T) {
	dir := tree(t, "data/warehouse/t/a.txt", "data/secret.txt")
	c := New(Options{DeniedPaths: []string{dir + "/data"}, Warehouse: dir + "/data/warehouse"})
	if _, err := scanText(c, dir+"/data/warehouse/t"); err != nil {
		t.Error(err)
	}
	if _, err := scanText(c, dir+"/data/secret.txt"); conditionOf(err) != "INSUFFICIENT_PERMISSIONS" {
		t.Errorf("got %v", err)
	}
}
