package connect

// This file decodes the relations that are core ones in plan too: leaves, select, filter, joins,
// set operations, aggregates. decode_sugar.go has the rest.

import (
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
)

// relation decodes any relation.
//
//size:one case per node
func (d *decoder) relation(r *sparkpb.Relation) plan.Relation {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	c := common(r.GetCommon())
	switch x := r.GetRelType().(type) {
	case nil:
		d.bad("a relation is missing")
		return nil
	case *sparkpb.Relation_Read:
		return d.read(c, x.Read)
	case *sparkpb.Relation_Project:
		return d.project(c, x.Project)
	case *sparkpb.Relation_Filter:
		return &plan.Filter{Common: c, Input: d.relation(x.Filter.GetInput()), Cond: d.expr(x.Filter.GetCondition())}
	case *sparkpb.Relation_Join:
		return d.join(c, x.Join)
	case *sparkpb.Relation_LateralJoin:
		return d.lateralJoin(c, x.LateralJoin)
	case *sparkpb.Relation_SetOp:
		return d.setOp(c, x.SetOp)
	case *sparkpb.Relation_Sort:
		return d.sort(c, x.Sort)
	case *sparkpb.Relation_Limit:
		return &plan.Limit{Common: c, Input: d.relation(x.Limit.GetInput()), Count: count(x.Limit.GetLimit())}
	case *sparkpb.Relation_Offset:
		return &plan.Offset{Common: c, Input: d.relation(x.Offset.GetInput()), Count: count(x.Offset.GetOffset())}
	case *sparkpb.Relation_Tail:
		return &plan.Tail{Common: c, Input: d.relation(x.Tail.GetInput()), Count: count(x.Tail.GetLimit())}
	case *sparkpb.Relation_Aggregate:
		return d.aggregate(c, x.Aggregate)
	case *sparkpb.Relation_Sql:
		return d.sqlRelation(c, x.Sql)
	case *sparkpb.Relation_WithRelations:
		return d.withRelations(c, x.WithRelations)
	case *sparkpb.Relation_LocalRelation:
		return d.local(c, x.LocalRelation)
	case *sparkpb.Relation_CachedLocalRelation:
		return d.cachedLocal(c, x.CachedLocalRelation)
	case *sparkpb.Relation_ChunkedCachedLocalRelation:
		return d.chunkedLocal(c, x.ChunkedCachedLocalRelation)
	case *sparkpb.Relation_CachedRemoteRelation:
		return d.checkpointed(c, x.CachedRemoteRelation)
	case *sparkpb.Relation_Sample:
		return d.sample(c, x.Sample)
	case *sparkpb.Relation_Deduplicate:
		return d.deduplicate(c, x.Deduplicate)
	case *sparkpb.Relation_Range:
		return d.rangeOf(c, x.Range)
	case *sparkpb.Relation_SubqueryAlias:
		return &plan.SubqueryAlias{Common: c, Input: d.relation(x.SubqueryAlias.GetInput()), Alias: x.SubqueryAlias.GetAlias()}
	case *sparkpb.Relation_UnresolvedTableValuedFunction:
		f := x.UnresolvedTableValuedFunction
		return &plan.TableFunc{Common: c, Name: []string{f.GetFunctionName()}, Args: d.exprs(f.GetArguments())}
	case *sparkpb.Relation_Catalog:
		return d.catalogQuery(c, x.Catalog)
	default:
		return d.sugar(c, r)
	}
}

func common(c *sparkpb.RelationCommon) plan.Common {
	out := plan.Common{Pos: position(c.GetOrigin())}
	if c != nil && c.PlanId != nil {
		out.PlanID = plan.PlanID{ID: *c.PlanId, Set: true}
	}
	return out
}

// count is the number of a limit; negative ones are the analyzer's to refuse.
func count(n int32) plan.Expr { return &plan.Literal{Value: n, Type: plan.Int} }

func (d *decoder) project(c plan.Common, p *sparkpb.Project) plan.Relation {
	var input plan.Relation = &plan.OneRow{}
	if p.GetInput() != nil {
		input = d.relation(p.GetInput())
	}
	return &plan.Project{Common: c, Input: input, Exprs: d.exprs(p.GetExpressions())}
}

var joinTypes = map[sparkpb.Join_JoinType]plan.JoinType{
	sparkpb.Join_JOIN_TYPE_INNER:       plan.InnerJoin,
	sparkpb.Join_JOIN_TYPE_LEFT_OUTER:  plan.LeftOuterJoin,
	sparkpb.Join_JOIN_TYPE_RIGHT_OUTER: plan.RightOuterJoin,
	sparkpb.Join_JOIN_TYPE_FULL_OUTER:  plan.FullOuterJoin,
	sparkpb.Join_JOIN_TYPE_LEFT_SEMI:   plan.LeftSemiJoin,
	sparkpb.Join_JOIN_TYPE_LEFT_ANTI:   plan.LeftAntiJoin,
	sparkpb.Join_JOIN_TYPE_CROSS:       plan.CrossJoin,
}

func (d *decoder) join(c plan.Common, j *sparkpb.Join) plan.Relation {
	if j.GetJoinDataType() != nil {
		return &plan.OpaqueRelation{Common: c, What: "join_with"}
	}
	if j.GetLeft() == nil || j.GetRight() == nil {
		d.bad("a join needs two sides")
		return nil
	}
	out := &plan.Join{Common: c, Left: d.relation(j.GetLeft()), Right: d.relation(j.GetRight()),
		Type: d.joinType(j.GetJoinType()), Using: j.GetUsingColumns()}
	if j.GetJoinCondition() == nil {
		return out
	}
	if len(out.Using) > 0 {
		d.bad("a join has both a condition and using columns")
	}
	out.Cond = d.expr(j.GetJoinCondition())
	return out
}

func (d *decoder) joinType(t sparkpb.Join_JoinType) plan.JoinType {
	out, ok := joinTypes[t]
	if !ok {
		d.bad("unknown type of join %v", t)
	}
	return out
}

func (d *decoder) lateralJoin(c plan.Common, j *sparkpb.LateralJoin) plan.Relation {
	out := &plan.Join{Common: c, Lateral: true, Type: d.joinType(j.GetJoinType()),
		Left: d.relation(j.GetLeft()), Right: d.relation(j.GetRight())}
	if j.GetJoinCondition() != nil {
		out.Cond = d.expr(j.GetJoinCondition())
	}
	return out
}

func (d *decoder) setOp(c plan.Common, s *sparkpb.SetOperation) plan.Relation {
	if s.GetLeftInput() == nil || s.GetRightInput() == nil {
		d.bad("a set operation needs two inputs")
		return nil
	}
	out := &plan.SetOp{Common: c, All: s.GetIsAll(), ByName: s.GetByName(), AllowMissing: s.GetAllowMissingColumns(),
		Inputs: []plan.Relation{d.relation(s.GetLeftInput()), d.relation(s.GetRightInput())}}
	switch s.GetSetOpType() {
	case sparkpb.SetOperation_SET_OP_TYPE_UNION:
		out.Kind = plan.Union
		out.IsSQLDistinct = !out.All
		return out
	case sparkpb.SetOperation_SET_OP_TYPE_INTERSECT:
		out.Kind = plan.Intersect
	case sparkpb.SetOperation_SET_OP_TYPE_EXCEPT:
		out.Kind = plan.Except
	default:
		d.bad("unknown set operation %v", s.GetSetOpType())
	}
	if out.ByName {
		d.bad("only a union can go by name")
	}
	return out
}

func (d *decoder) sort(c plan.Common, s *sparkpb.Sort) plan.Relation {
	return &plan.Sort{Common: c, Input: d.relation(s.GetInput()), Order: d.orders(s.GetOrder()), Global: s.GetIsGlobal()}
}

var groupKinds = map[sparkpb.Aggregate_GroupType]plan.GroupKind{
	sparkpb.Aggregate_GROUP_TYPE_GROUPBY:       plan.GroupBy,
	sparkpb.Aggregate_GROUP_TYPE_ROLLUP:        plan.GroupRollup,
	sparkpb.Aggregate_GROUP_TYPE_CUBE:          plan.GroupCube,
	sparkpb.Aggregate_GROUP_TYPE_PIVOT:         plan.GroupPivot,
	sparkpb.Aggregate_GROUP_TYPE_GROUPING_SETS: plan.GroupSets,
}

func (d *decoder) aggregate(c plan.Common, a *sparkpb.Aggregate) plan.Relation {
	if a.GetInput() == nil {
		d.bad("an aggregate needs an input")
		return nil
	}
	kind, ok := groupKinds[a.GetGroupType()]
	if !ok {
		d.bad("unknown type of grouping %v", a.GetGroupType())
	}
	out := &plan.Aggregate{Common: c, Kind: kind, ImplicitKeys: true, Input: d.relation(a.GetInput()),
		Group: d.exprs(a.GetGroupingExpressions()), Aggs: d.exprs(a.GetAggregateExpressions())}
	switch kind {
	case plan.GroupPivot:
		out.Pivot = d.pivot(a.GetPivot())
	case plan.GroupSets:
		d.groupingSets(out, a)
	}
	return out
}

func (d *decoder) pivot(p *sparkpb.Aggregate_Pivot) *plan.Pivot {
	if p == nil {
		d.bad("a pivot needs a column")
		return nil
	}
	out := &plan.Pivot{Column: d.expr(p.GetCol())}
	for _, v := range p.GetValues() {
		out.Values = append(out.Values, d.literal(v))
	}
	return out
}

// groupingSets finds each member of the sets among the grouping expressions, adding those that are not.
func (d *decoder) groupingSets(out *plan.Aggregate, a *sparkpb.Aggregate) {
	keys := a.GetGroupingExpressions()
	for _, set := range a.GetGroupingSets() {
		indexes := []int{}
		for _, member := range set.GetGroupingSet() {
			i := indexOf(keys, member)
			if i < 0 {
				i = len(keys)
				keys = append(keys[:i:i], member)
				out.Group = append(out.Group, d.expr(member))
			}
			indexes = append(indexes, i)
		}
		out.Sets = append(out.Sets, indexes)
	}
}

// indexOf compares expressions without regard to where in the user's code they were made.
func indexOf(list []*sparkpb.Expression, e *sparkpb.Expression) int {
	bare := func(e *sparkpb.Expression) *sparkpb.Expression { return &sparkpb.Expression{ExprType: e.GetExprType()} }
	for i, x := range list {
		if proto.Equal(bare(x), bare(e)) {
			return i
		}
	}
	return -1
}

func (d *decoder) sample(c plan.Common, s *sparkpb.Sample) plan.Relation {
	return &plan.Sample{Common: c, Input: d.relation(s.GetInput()), Lower: s.GetLowerBound(), Upper: s.GetUpperBound(),
		WithReplacement: s.GetWithReplacement(), Seed: s.Seed, Ordered: s.GetDeterministicOrder()}
}

func (d *decoder) deduplicate(c plan.Common, x *sparkpb.Deduplicate) plan.Relation {
	names := x.GetColumnNames()
	switch {
	case x.GetAllColumnsAsKeys() && len(names) > 0:
		d.bad("deduplicate by all columns or by some, not both")
	case !x.GetAllColumnsAsKeys() && len(names) == 0:
		d.bad("deduplicate needs columns")
	}
	out := &plan.Distinct{Common: c, Input: d.relation(x.GetInput()), WithinWatermark: x.GetWithinWatermark()}
	for _, n := range names {
		out.Columns = append(out.Columns, &plan.Name{Parts: []string{n}}) // a whole name: dots are not parted
	}
	return out
}

func (d *decoder) rangeOf(c plan.Common, r *sparkpb.Range) plan.Relation {
	if r.GetStep() == 0 {
		d.fail(&fault.Error{Class: "INTERNAL_ERROR", SQLState: "XX000", Kind: fault.IllegalArgument, Message: "the step of a range cannot be 0"})
	}
	return &plan.Range{Common: c, Start: r.GetStart(), End: r.GetEnd(), Step: r.GetStep(), Parts: int(max(r.GetNumPartitions(), 0))}
}
