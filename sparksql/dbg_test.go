package sparksql

import (
	"bufio"
	"os"
	"reflect"
	"strings"
	"testing"

	"shoal/plan"
)

func strip(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			strip(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(plan.Pos{}) {
			if v.CanSet() {
				v.Set(reflect.Zero(v.Type()))
			}
			return
		}
		for i := 0; i < v.NumField(); i++ {
			strip(v.Field(i))
		}
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			strip(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			strip(v.MapIndex(k))
		}
	}
}

func TestDbg(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("QF")) {
		file, _ := os.Open(f)
		sc := bufio.NewScanner(file)
		for sc.Scan() {
			_, q, _ := strings.Cut(sc.Text(), " ")
			q = strings.ReplaceAll(q, "\\n", "\n")
			a, err := Parse(q)
			if err != nil {
				t.Logf("%s\n    %v", q, strings.ReplaceAll(err.Error(), "\n", " / "))
				continue
			}
			text := PrintStatement(a)
			b, err := Parse(text)
			if err != nil {
				t.Logf("%s\n    PRINTED %s\n   XXX %v", q, text, strings.ReplaceAll(err.Error(), "\n", " / "))
				continue
			}
			strip(reflect.ValueOf(a))
			strip(reflect.ValueOf(b))
			if !reflect.DeepEqual(a, b) {
				t.Logf("%s\n    PRINTED %s\n   XXX DIFFERS", q, text)
				continue
			}
			t.Logf("%s\n    %s", q, text)
		}
	}
}
