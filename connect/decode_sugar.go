package connect

// This file decodes the relations of the DataFrame API that plan keeps in sugar.go.

import (
	"maps"
	"slices"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

// sugar decodes what relation leaves over; opaque is what plan has no node for. size: one case per node
func (d *decoder) sugar(c plan.Common, r *sparkpb.Relation) plan.Relation {
	switch x := r.GetRelType().(type) {
	case *sparkpb.Relation_WithColumns:
		return d.withColumns(c, x.WithColumns)
	case *sparkpb.Relation_WithColumnsRenamed:
		return d.renamed(c, x.WithColumnsRenamed)
	case *sparkpb.Relation_Drop:
		return &plan.DropColumns{Common: c, Input: d.relation(x.Drop.GetInput()),
			Columns: d.exprs(x.Drop.GetColumns()), Names: x.Drop.GetColumnNames()}
	case *sparkpb.Relation_ToDf:
		return &plan.ToDF{Common: c, Input: d.relation(x.ToDf.GetInput()), Names: x.ToDf.GetColumnNames()}
	case *sparkpb.Relation_ToSchema:
		return d.toSchema(c, x.ToSchema)
	case *sparkpb.Relation_FillNa:
		return d.fillNA(c, x.FillNa)
	case *sparkpb.Relation_DropNa:
		return d.dropNA(c, x.DropNa)
	case *sparkpb.Relation_Replace:
		return d.replaceNA(c, x.Replace)
	case *sparkpb.Relation_Summary:
		return &plan.Describe{Common: c, Input: d.relation(x.Summary.GetInput()), Summary: true, Statistics: x.Summary.GetStatistics()}
	case *sparkpb.Relation_Describe:
		return &plan.Describe{Common: c, Input: d.relation(x.Describe.GetInput()), Columns: x.Describe.GetCols()}
	case *sparkpb.Relation_Crosstab, *sparkpb.Relation_Cov, *sparkpb.Relation_Corr, *sparkpb.Relation_ApproxQuantile,
		*sparkpb.Relation_FreqItems, *sparkpb.Relation_SampleBy:
		return d.stat(c, r)
	case *sparkpb.Relation_Unpivot:
		return d.unpivot(c, x.Unpivot)
	case *sparkpb.Relation_Transpose:
		return &plan.Transpose{Common: c, Input: d.relation(x.Transpose.GetInput()), Indexes: d.exprs(x.Transpose.GetIndexColumns())}
	case *sparkpb.Relation_Repartition:
		return &plan.Repartition{Common: c, Input: d.relation(x.Repartition.GetInput()), Num: int(x.Repartition.GetNumPartitions()),
			Keeps: !x.Repartition.GetShuffle()}
	case *sparkpb.Relation_RepartitionByExpression:
		return d.repartitionBy(c, x.RepartitionByExpression)
	case *sparkpb.Relation_Hint:
		return &plan.Hint{Common: c, Input: d.relation(x.Hint.GetInput()), Name: x.Hint.GetName(), Args: d.exprs(x.Hint.GetParameters())}
	case *sparkpb.Relation_CollectMetrics:
		m := x.CollectMetrics
		return &plan.Observe{Common: c, Input: d.relation(m.GetInput()), Name: m.GetName(), Metrics: d.exprs(m.GetMetrics())}
	case *sparkpb.Relation_ShowString:
		s := x.ShowString
		return &plan.ShowString{Common: c, Input: d.relation(s.GetInput()), Rows: int(s.GetNumRows()),
			Truncate: int(s.GetTruncate()), Vertical: s.GetVertical()}
	case *sparkpb.Relation_HtmlString:
		s := x.HtmlString
		return &plan.HTMLString{Common: c, Input: d.relation(s.GetInput()), Rows: int(s.GetNumRows()), Truncate: int(s.GetTruncate())}
	default:
		return &plan.OpaqueRelation{Common: c, What: setField(r, "rel_type")}
	}
}

func (d *decoder) withColumns(c plan.Common, w *sparkpb.WithColumns) plan.Relation {
	out := &plan.WithColumns{Common: c, Input: d.relation(w.GetInput())}
	for _, a := range w.GetAliases() {
		if len(a.GetName()) != 1 {
			d.bad("withColumns wants one name a column, not %q", a.GetName())
			return nil
		}
		out.Columns = append(out.Columns, d.alias(plan.Pos{}, a))
	}
	return out
}

// renamed decodes the pairs in order; the old map has none, so names are sorted.
func (d *decoder) renamed(c plan.Common, w *sparkpb.WithColumnsRenamed) plan.Relation {
	out := &plan.WithColumnsRenamed{Common: c, Input: d.relation(w.GetInput())}
	for _, r := range w.GetRenames() {
		out.From, out.To = append(out.From, r.GetColName()), append(out.To, r.GetNewColName())
	}
	if len(w.GetRenames()) > 0 {
		return out
	}
	for _, from := range slices.Sorted(maps.Keys(w.GetRenameColumnsMap())) {
		out.From, out.To = append(out.From, from), append(out.To, w.GetRenameColumnsMap()[from])
	}
	return out
}

func (d *decoder) toSchema(c plan.Common, t *sparkpb.ToSchema) plan.Relation {
	schema, ok := d.dataType(t.GetSchema()).(plan.Struct)
	if !ok {
		d.bad("the schema of DataFrame.to is no struct")
	}
	return &plan.ToSchema{Common: c, Input: d.relation(t.GetInput()), Schema: schema}
}

func (d *decoder) fillNA(c plan.Common, f *sparkpb.NAFill) plan.Relation {
	cols, values := f.GetCols(), f.GetValues()
	switch {
	case len(values) == 0:
		d.bad("fillna needs a value")
	case len(values) > 1 && len(values) != len(cols):
		d.bad("fillna has %d values for %d columns", len(values), len(cols))
	}
	return &plan.FillNA{Common: c, Input: d.relation(f.GetInput()), Columns: cols, Values: d.literals(values)}
}

func (d *decoder) dropNA(c plan.Common, n *sparkpb.NADrop) plan.Relation {
	out := &plan.DropNA{Common: c, Input: d.relation(n.GetInput()), Columns: n.GetCols()}
	if n.MinNonNulls != nil {
		least := int(*n.MinNonNulls)
		out.MinNonNulls = &least
	}
	return out
}

func (d *decoder) replaceNA(c plan.Common, n *sparkpb.NAReplace) plan.Relation {
	out := &plan.ReplaceNA{Common: c, Input: d.relation(n.GetInput()), Columns: n.GetCols()}
	for _, r := range n.GetReplacements() {
		out.From, out.To = append(out.From, d.literal(r.GetOldValue())), append(out.To, d.literal(r.GetNewValue()))
	}
	return out
}

// stat decodes Spark's df.stat functions. Kind is the protocol's name.
func (d *decoder) stat(c plan.Common, r *sparkpb.Relation) plan.Relation {
	out := &plan.Stat{Common: c, Kind: setField(r, "rel_type")}
	switch x := r.GetRelType().(type) {
	case *sparkpb.Relation_Crosstab:
		out.Input, out.Columns = d.relation(x.Crosstab.GetInput()), []string{x.Crosstab.GetCol1(), x.Crosstab.GetCol2()}
	case *sparkpb.Relation_Cov:
		out.Input, out.Columns = d.relation(x.Cov.GetInput()), []string{x.Cov.GetCol1(), x.Cov.GetCol2()}
	case *sparkpb.Relation_Corr:
		out.Input, out.Columns = d.relation(x.Corr.GetInput()), []string{x.Corr.GetCol1(), x.Corr.GetCol2()}
		out.Method = "pearson"
		if x.Corr.Method != nil {
			out.Method = *x.Corr.Method
		}
	case *sparkpb.Relation_ApproxQuantile:
		q := x.ApproxQuantile
		out.Input, out.Columns = d.relation(q.GetInput()), q.GetCols()
		out.Numbers = append(slices.Clone(q.GetProbabilities()), q.GetRelativeError())
	case *sparkpb.Relation_FreqItems:
		out.Input, out.Columns, out.Numbers = d.relation(x.FreqItems.GetInput()), x.FreqItems.GetCols(), []float64{0.01}
		if x.FreqItems.Support != nil {
			out.Numbers[0] = *x.FreqItems.Support
		}
	case *sparkpb.Relation_SampleBy:
		s := x.SampleBy
		out.Input, out.Column, out.Seed = d.relation(s.GetInput()), d.expr(s.GetCol()), s.Seed
		for _, f := range s.GetFractions() {
			out.Strata = append(out.Strata, plan.Stratum{Value: d.literal(f.GetStratum()), Fraction: f.GetFraction()})
		}
	}
	return out
}

func (d *decoder) unpivot(c plan.Common, u *sparkpb.Unpivot) plan.Relation {
	return &plan.Unpivot{Common: c, Input: d.relation(u.GetInput()), IDs: d.exprs(u.GetIds()),
		Values: d.exprs(u.GetValues().GetValues()), HasValues: u.GetValues() != nil,
		VariableName: u.GetVariableColumnName(), ValueCol: u.GetValueColumnName()}
}

// repartitionBy keeps the expressions, whose order within a range partitioning changes no answer.
func (d *decoder) repartitionBy(c plan.Common, r *sparkpb.RepartitionByExpression) plan.Relation {
	out := &plan.Repartition{Common: c, Input: d.relation(r.GetInput()), Num: int(r.GetNumPartitions())}
	for _, e := range r.GetPartitionExprs() {
		if s := e.GetSortOrder(); s != nil {
			e = s.GetChild()
		}
		out.Exprs = append(out.Exprs, d.expr(e))
	}
	return out
}
