package sparksql

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"shoal/fault"
	"shoal/plan"
)

func TestDump(t *testing.T) {
	in, outf := os.Getenv("CORPUS"), os.Getenv("OUT")
	if in == "" {
		t.Skip()
	}
	data, _ := os.ReadFile(in)
	var corpus [][2]string
	json.Unmarshal(data, &corpus)
	type rec struct {
		Mode, Q, Printed, Err, Params string
		Line, Pos                     int
		RT                            string
	}
	var out []rec
	for _, c := range corpus {
		r := rec{Mode: c[0], Q: c[1]}
		var err error
		switch c[0] {
		case "plan":
			var a, b plan.Statement
			a, err = Parse(c[1])
			if err == nil {
				r.Printed = PrintStatement(a)
				var e2 error
				if b, e2 = Parse(r.Printed); e2 != nil {
					r.RT = e2.Error()
				} else if strip(reflect.ValueOf(a)); true {
					strip(reflect.ValueOf(b))
					if !reflect.DeepEqual(a, b) {
						r.RT = "DIFFERS"
					}
				}
			}
		case "expr":
			var a, b plan.Expr
			a, err = ParseExpr(c[1])
			if err == nil {
				r.Printed = Print(a)
				var e2 error
				if b, e2 = ParseExpr(r.Printed); e2 != nil {
					r.RT = e2.Error()
				} else if strip(reflect.ValueOf(a)); true {
					strip(reflect.ValueOf(b))
					if !reflect.DeepEqual(a, b) {
						r.RT = "DIFFERS"
					}
				}
			}
		case "type":
			var a plan.Type
			a, err = ParseType(c[1])
			if err == nil {
				r.Printed = PrintType(a)
			}
		case "schema":
			var a plan.Struct
			a, err = ParseSchema(c[1])
			if err == nil {
				r.Printed = strings.TrimSuffix(strings.TrimPrefix(PrintType(a), "STRUCT<"), ">")
			}
		}
		if err != nil {
			e := err.(*fault.Error)
			r.Err = e.Class
			j, _ := json.Marshal(e.Params)
			r.Params = string(j)
			r.Line = -1
			if len(e.Context) > 0 {
				r.Line, r.Pos = fault.LineCol(c[1], e.Context[0].Pos.Start)
			}
		}
		out = append(out, r)
	}
	j, _ := json.Marshal(out)
	os.WriteFile(outf, j, 0o644)
}
