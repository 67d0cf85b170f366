package connect

// This file decodes df.writeTo.

import (
	"strings"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

func (d *decoder) writeTo(w *sparkpb.WriteOperationV2) plan.Statement {
	opaque := &plan.OpaqueCommand{What: "write_operation_v2"}
	if len(w.GetClusteringColumns()) > 0 {
		return opaque
	}
	name, query := d.name(w.GetTableName()), d.relation(w.GetInput())
	switch w.GetMode() {
	case sparkpb.WriteOperationV2_MODE_APPEND, sparkpb.WriteOperationV2_MODE_OVERWRITE, sparkpb.WriteOperationV2_MODE_OVERWRITE_PARTITIONS:
		return &plan.Insert{Table: name, Overwrite: w.GetMode() != sparkpb.WriteOperationV2_MODE_APPEND, ByName: true, Query: query, V2: true}
	case sparkpb.WriteOperationV2_MODE_CREATE, sparkpb.WriteOperationV2_MODE_REPLACE, sparkpb.WriteOperationV2_MODE_CREATE_OR_REPLACE:
	default:
		return opaque
	}
	c := &plan.CreateTable{Name: name, Query: query, Replace: w.GetMode() != sparkpb.WriteOperationV2_MODE_CREATE,
		Format: strings.ToLower(w.GetProvider()), Options: w.GetOptions(), Properties: w.GetTableProperties()}
	for _, p := range w.GetPartitioningColumns() {
		n, ok := d.expr(p).(*plan.Name)
		if !ok || len(n.Parts) != 1 {
			return opaque
		}
		c.PartitionBy = append(c.PartitionBy, n.Parts[0])
	}
	return c
}
