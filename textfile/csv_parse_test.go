package textfile

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"shoal/fault"
)

// TestValues compares with what Spark's parser made of random lines (tools/oracle_csv.py).
func TestValues(t *testing.T) {
	path := "testdata/csv_values.jsonl"
	if other := os.Getenv("CSV_VALUES"); other != "" {
		path = other
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for in.Scan() {
		var c struct {
			Options map[string]string
			Line    string
			Values  any
		}
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		options := Options{}
		for k, v := range c.Options {
			options[strings.ToLower(k)] = v
		}
		csv, err := NewCSV(options, "UTC", Corrupt)
		if err != nil {
			t.Fatal(err)
		}
		got, err := csv.reader().values(c.Line)
		if fault.IsUnsupported(err) || csv.skips(c.Line) {
			continue
		}
		switch want := c.Values.(type) {
		case string:
			if err == nil {
				t.Errorf("%q %v: %q instead of an error", c.Line, c.Options, got)
			}
		case nil:
			if err != nil || len(got) > 0 {
				t.Errorf("%q %v: %q, %v instead of nothing", c.Line, c.Options, got, err)
			}
		case []any:
			list := make([]string, len(want))
			for i, v := range want {
				if list[i] = csv.NullValue; v != nil {
					list[i] = v.(string)
				}
			}
			if err != nil || !slices.Equal(got, list) {
				t.Errorf("%q %v:\n got %q, %v\nwant %q", c.Line, c.Options, got, err, list)
			}
		}
	}
}
