package connect

// This file decodes calls of spark.catalog.

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

// catalogQuery reads any call's arguments by the protocol's own names. A schema is given as JSON,
// a map's entries as field.key, other messages as their text.
func (d *decoder) catalogQuery(c plan.Common, q *sparkpb.Catalog) plan.Relation {
	op := setField(q, "cat_type")
	if op == "" {
		d.bad("a call of the catalog names no operation")
		return nil
	}
	out := &plan.CatalogQuery{Common: c, Op: op, Args: map[string]string{}}
	r := q.ProtoReflect()
	call := r.Get(r.Descriptor().Fields().ByName(protoreflect.Name(op))).Message()
	fields := call.Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); !f.HasPresence() || call.Has(f) {
			d.argument(out.Args, f, call.Get(f))
		}
	}
	return out
}

func (d *decoder) argument(args map[string]string, f protoreflect.FieldDescriptor, v protoreflect.Value) {
	name := string(f.Name())
	if f.IsMap() {
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			args[name+"."+k.String()] = v.String()
			return true
		})
		return
	}
	if f.Message() == nil {
		args[name] = v.String()
		return
	}
	if t, ok := v.Message().Interface().(*sparkpb.DataType); ok {
		if typ := d.dataType(t); d.err == nil {
			args[name] = typeJSON(typ)
		}
		return
	}
	args[name] = fmt.Sprint(v.Message().Interface())
}
