package spark

import (
	"slices"
	"strings"
	"testing"

	"shoal/engine"
	"shoal/fault"
)

func TestPublish(t *testing.T) {
	ours := engine.Publication{Name: []string{"spark_catalog", "default", "t"}, Mark: "shoal:1:now", Create: "CREATE TABLE t"}
	for name, c := range map[string]struct {
		has     string // the property of the table that the server has, "" for no table
		ran     []string
		refused bool
	}{
		"new":          {"", []string{"CREATE TABLE t"}, false},
		"as it is":     {"shoal:1:now", nil, false},
		"as it was":    {"shoal:1:before", []string{"DROP TABLE IF EXISTS `spark_catalog`.`default`.`t`", "CREATE TABLE t"}, false},
		"another's":    {"Table spark_catalog.default.t does not have property: shoal.table", nil, true},
		"empty prefix": {"shoal:", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			e := serve(t, f, nil)
			h := e.Open("s", "ann").(engine.Tables)
			f.property = c.has
			err := h.Publish(t.Context(), engine.State{Version: 1}, ours)
			if c.refused != fault.IsUnsupported(err) || !c.refused && err != nil {
				t.Errorf("%v", err)
			}
			ran := f.ran()
			for i := range ran {
				ran[i] = strings.TrimSuffix(ran[i], " c=")
			}
			if !slices.Equal(ran, c.ran) {
				t.Errorf("ran %q, want %q", ran, c.ran)
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	for has, drops := range map[string]int{"": 0, "shoal:1:x": 1, "no such property": 0} {
		f := newFake()
		e := serve(t, f, nil)
		f.property = has
		if err := e.Open("s", "ann").(engine.Tables).Withdraw(t.Context(), engine.State{Version: 1}, []string{"default", "t"}); err != nil {
			t.Error(err)
		}
		if n := f.heard("execute DROP TABLE"); n != drops {
			t.Errorf("%q: dropped %d times", has, n)
		}
	}
}
