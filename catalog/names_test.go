package catalog

import (
	"reflect"
	"testing"

	"shoal/plan"
)

// TestNames follows what real Spark 4.1.4 did, call by call.
func TestNames(t *testing.T) {
	c := New(Options{})
	n, other := NewNames(c), NewNames(c)
	view := func(name string, global bool) *View {
		return &View{Name: []string{name}, Query: &plan.OneRow{}, Global: global}
	}
	for _, v := range []*View{view("b", false), view("MyView", false), view("GView", true)} {
		if err := n.SetView(v, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []*View{view("MYVIEW", false), view("GVIEW", true)} {
		if err := n.SetView(v, false); conditionOf(err) != "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS" {
			t.Errorf("%v: got %v", v.Name, err)
		}
	}
	for name, want := range map[*[]string]bool{{"myview"}: true, {"GLOBAL_TEMP", "gview"}: true, {"gview"}: false, {"default", "myview"}: false} {
		if _, got := n.View(*name); got != want {
			t.Errorf("View(%v): got %v", *name, got)
		}
	}
	if _, ok := other.View([]string{"b"}); ok {
		t.Error("another session sees this one's view")
	}
	if _, ok := other.View([]string{"global_temp", "gview"}); !ok {
		t.Error("another session does not see a global view")
	}
	own := []Table{{Name: "b", Temporary: true, View: true}, {Name: "myview", Temporary: true, View: true}}
	if got, err := n.Tables("", ""); err != nil || !reflect.DeepEqual(got, own) {
		t.Errorf("Tables: got %v, %v", got, err)
	}
	shared := append([]Table{{Namespace: []string{GlobalTemp}, Name: "gview", Temporary: true, View: true}}, own...)
	if got, err := n.Tables("global_temp", ""); err != nil || !reflect.DeepEqual(got, shared) {
		t.Errorf("Tables(global_temp): got %v, %v", got, err)
	}
	if got, err := n.Tables("", "m*|x"); err != nil || len(got) != 1 {
		t.Errorf("Tables(m*|x): got %v, %v", got, err)
	}
	if _, err := n.Tables("x", ""); conditionOf(err) != "SCHEMA_NOT_FOUND" {
		t.Errorf("Tables(x): %v", err)
	}
	for name, want := range map[string]string{"nosuch": "SCHEMA_NOT_FOUND", "global_temp": "_LEGACY_ERROR_TEMP_1068", "DEFAULT": ""} {
		if err := n.Use([]string{name}); conditionOf(err) != want {
			t.Errorf("Use(%s): %v", name, err)
		}
	}
	if err := n.UseCatalog("x"); conditionOf(err) != "CATALOG_NOT_FOUND" {
		t.Errorf("UseCatalog: %v", err)
	}
	clone := n.Clone()
	if !n.DropView("myVIEW", false) || n.DropView("myVIEW", false) || !n.DropView("gview", true) {
		t.Error("DropView tells the wrong thing")
	}
	if _, ok := clone.View([]string{"myview"}); !ok {
		t.Error("a clone lost its view")
	}
}
