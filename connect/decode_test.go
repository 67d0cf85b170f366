package connect

import (
	"embed"
	"flag"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

//go:embed testdata/*.binpb
var captured embed.FS

var update = flag.Bool("update", false, "rewrite testdata/decoded.txt, for review")

// TestDecodeCaptured decodes what a real PySpark client sent (testdata/capture.py) and compares
// the plans with decoded.txt, reviewed by hand against capture.py.
func TestDecodeCaptured(t *testing.T) {
	files, err := fs.Glob(captured, "testdata/*.binpb")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".binpb")
		data, err := captured.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s\n  %s\n", name, dump(decodeAny(t, name, data)))
	}
	if *update {
		if err := os.WriteFile("testdata/decoded.txt", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("testdata/decoded.txt")
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("%d lines, want %d", len(gotLines), len(wantLines))
	}
}

func decodeAny(t *testing.T, name string, data []byte) plan.Statement {
	t.Helper()
	var d decoder
	var out plan.Statement
	var err error
	if strings.HasPrefix(name, "command_") {
		var c sparkpb.Command
		if err := proto.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		out, err = d.decodeCommand(&c)
	} else {
		var r sparkpb.Relation
		if err := proto.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		out, err = d.decodeRelation(&r)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return out
}

// dump writes a plan on one line: what is zero, and where it came from, is left out; plan ids
// are numbered by appearance.
func dump(v any) string {
	d := dumper{ids: map[int64]int{}}
	return d.value(reflect.ValueOf(v))
}

type dumper struct{ ids map[int64]int }

func (d *dumper) value(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	switch x := v.Interface().(type) {
	case plan.PlanID:
		if _, seen := d.ids[x.ID]; !seen {
			d.ids[x.ID] = len(d.ids) + 1
		}
		return fmt.Sprintf("#%d", d.ids[x.ID])
	case plan.Type:
		return x.String()
	case *big.Int:
		return x.String()
	case []byte:
		if len(x) > 20 {
			return fmt.Sprintf("%d bytes", len(x))
		}
		return fmt.Sprintf("%x", x)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return d.value(v.Elem())
	case reflect.Struct:
		return v.Type().Name() + "{" + strings.Join(d.fields(v), " ") + "}"
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = d.value(v.Index(i))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	default:
		return fmt.Sprint(v.Interface())
	}
}

func (d *dumper) fields(v reflect.Value) []string {
	var parts []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Name == "Common" || f.Name == "CommandBase":
			parts = append(parts, d.fields(v.Field(i))...)
		case f.Name == "Pos" || f.Name == "Out" || v.Field(i).IsZero() && f.Name != "Value":
		default:
			parts = append(parts, f.Name+":"+d.value(v.Field(i)))
		}
	}
	return parts
}
