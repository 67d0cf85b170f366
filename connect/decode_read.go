package connect

// This file decodes spark.read and named tables.

import (
	"strings"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

func (d *decoder) read(c plan.Common, r *sparkpb.Read) plan.Relation {
	if r.GetIsStreaming() {
		return &plan.OpaqueRelation{Common: c, What: "read stream"}
	}
	switch x := r.GetReadType().(type) {
	case *sparkpb.Read_NamedTable_:
		return &plan.Table{Common: c, Name: d.name(x.NamedTable.GetUnparsedIdentifier()), Options: lowerKeys(x.NamedTable.GetOptions())}
	case *sparkpb.Read_DataSource_:
		return d.dataSource(c, x.DataSource)
	default:
		d.bad("a read has no source")
		return nil
	}
}

func (d *decoder) dataSource(c plan.Common, s *sparkpb.Read_DataSource) plan.Relation {
	if len(s.GetPredicates()) > 0 {
		return &plan.OpaqueRelation{Common: c, What: "read jdbc with predicates"}
	}
	out := &plan.Read{Common: c, Format: strings.ToLower(s.GetFormat()), Paths: s.GetPaths(), Options: lowerKeys(s.GetOptions())}
	if s.GetSchema() != "" {
		if schema := d.schema(s.GetSchema()); schema != nil {
			plain := plainText(*schema)
			out.Schema = &plain
		}
	}
	if path, ok := out.Options["path"]; ok && len(out.Paths) == 0 {
		out.Paths = []string{path}
		delete(out.Options, "path")
	}
	return out
}

func lowerKeys(in map[string]string) map[string]string {
	out := make(map[string]string, len(in))
	for k, v := range in {
		out[strings.ToLower(k)] = v
	}
	return out
}

// plainText makes a reader's CHAR and VARCHAR columns STRING, as Spark does.
func plainText(s plan.Struct) plan.Struct { return asString(s).(plan.Struct) }

func asString(t plan.Type) plan.Type {
	switch t := t.(type) {
	case plan.Char, plan.Varchar:
		return plan.String
	case plan.Array:
		return plan.Array{Elem: asString(t.Elem), ContainsNull: t.ContainsNull}
	case plan.Map:
		return plan.Map{Key: asString(t.Key), Value: asString(t.Value), ValueContainsNull: t.ValueContainsNull}
	case plan.Struct:
		fields := make([]plan.Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type = asString(f.Type)
			fields[i] = f
		}
		return plan.Struct{Fields: fields}
	default:
		return t
	}
}
