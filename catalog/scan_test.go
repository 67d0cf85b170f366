package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// spark is what real Spark 4.1.4 said of the same files: testdata/record.py wrote it.
type spark struct {
	Format    string            `json:"format"`
	Paths     []string          `json:"paths"`
	Options   map[string]string `json:"options"`
	Given     *string           `json:"given"`
	Schema    json.RawMessage   `json:"schema"`
	Rows      *int64            `json:"rows"`
	Error     string            `json:"error"`
	ReadError string            `json:"read_error"`
}

// given are the schemas record.py writes as DDL.
var given = map[string][]plan.Field{
	"P STRING, V BIGINT NOT NULL, x DATE": {{Name: "P", Type: plan.String}, {Name: "V", Type: plan.Long}, {Name: "x", Type: plan.Date}},
	"a INT":                               {{Name: "a", Type: plan.Int}},
	"p INT, v INT":                        {{Name: "p", Type: plan.Int}, {Name: "v", Type: plan.Int}},
	"a INT NOT NULL, z STRING":            {{Name: "a", Type: plan.Int}, {Name: "z", Type: plan.String}},
	"a STRING":                            {{Name: "a", Type: plan.String}},
	"a STRING, b STRING":                  {{Name: "a", Type: plan.String}, {Name: "b", Type: plan.String}},
}

// refused are cases Spark answers and we do not: Scan must say so, not guess.
var refused = map[string]bool{
	"layout_overlap": true, "layout_overlap_case": true, // a column both in the files and in the folders
	"layout_merge_wider": true, "layout_merge_bad": true, // Spark fails too, but only when it reads the second file
}

// otherwise are errors whose condition is a different one, or has no name in Spark.
var otherwise = map[string]string{
	"corrupt_footer.parquet": "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", // a plain java.io.IOException there
	"base_outside":           "INTERNAL_ERROR",
	"glob_10":                "INTERNAL_ERROR",
	"glob_11":                "INTERNAL_ERROR",
	"csv_bad_sep":            "INTERNAL_ERROR",
}

func files(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("testdata/files")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func testCatalog(t testing.TB) *Catalog { return New(Options{AllowedPaths: []string{files(t)}}) }

var utc = plan.Settings{ANSI: true, TimeZone: "UTC"}

func (s spark) read(dir string) *plan.Read {
	r := &plan.Read{Format: s.Format, Options: map[string]string{}}
	for _, p := range s.Paths {
		r.Paths = append(r.Paths, filepath.Join(dir, p))
	}
	for k, v := range s.Options {
		r.Options[strings.ToLower(k)] = strings.Replace(v, "FILES", dir, 1)
	}
	if s.Given != nil {
		r.Schema = &plan.Struct{Fields: given[*s.Given]}
	}
	return r
}

func TestScanAgainstSpark(t *testing.T) {
	data, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]spark
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	c := testCatalog(t)
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			scan, err := c.Scan(context.Background(), want.read(files(t)), utc)
			switch {
			case refused[name]:
				if !fault.IsUnsupported(err) {
					t.Errorf("got %v, %v, want a refusal", scan, err)
				}
			case want.Error != "":
				checkCondition(t, err, name, want.Error)
			case err != nil:
				t.Errorf("%v, want %s", err, want.Schema)
			default:
				checkSchema(t, scan, want)
			}
		})
	}
}

func checkCondition(t *testing.T, err error, name, want string) {
	t.Helper()
	if other, ok := otherwise[name]; ok {
		want = other
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Class != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func checkSchema(t *testing.T, scan *plan.Scan, want spark) {
	t.Helper()
	expected, err := typejson.Parse(string(want.Schema))
	if err != nil {
		t.Fatal(err)
	}
	var got plan.Struct
	for _, c := range scan.Out {
		got.Fields = append(got.Fields, plan.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Metadata: c.Metadata})
	}
	if g, w := typejson.Format(got), typejson.Format(expected); g != w {
		t.Errorf("schema\n got %s\nwant %s", g, w)
	}
	if len(scan.Physical) != len(scan.Out)-scan.Partitions {
		t.Errorf("%d physical names for %d columns, %d of them partitions", len(scan.Physical), len(scan.Out), scan.Partitions)
	}
	if scan.Format != "parquet" || want.Rows == nil {
		return
	}
	c := testCatalog(t)
	rows := int64(0)
	for _, f := range scan.Files {
		s, err := c.Stats(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		rows += s.Rows
	}
	if rows != *want.Rows || scan.Rows != rows {
		t.Errorf("the files have %d rows, the scan says %d, Spark read %d", rows, scan.Rows, *want.Rows)
	}
	if len(scan.Files) > 0 {
		checkSizes(t, scan)
	}
}

// checkSizes: what columns are said to take fits into the files.
func checkSizes(t *testing.T, scan *plan.Scan) {
	t.Helper()
	var files, columns int64
	for _, f := range scan.Files {
		files += f.Size
	}
	for i, name := range scan.Physical {
		if columns += scan.Sizes[i]; scan.Sizes[i] > 0 && name == "" || scan.Sizes[i] == 0 && name != "" && scan.Rows > 0 {
			t.Errorf("column %q takes %d bytes", name, scan.Sizes[i])
		}
	}
	if columns > files {
		t.Errorf("the columns take %d bytes of %d", columns, files)
	}
}
