package connect

import (
	"testing"

	"shoal/internal/sparkpb"
)

func TestHeld(t *testing.T) {
	checkpoint := &sparkpb.Relation{RelType: &sparkpb.Relation_CachedRemoteRelation{CachedRemoteRelation: &sparkpb.CachedRemoteRelation{RelationId: "x"}}}
	numbers := &sparkpb.Relation{RelType: &sparkpb.Relation_Range{Range: &sparkpb.Range{End: 3, Step: 1}}}
	over := func(r *sparkpb.Relation) *sparkpb.Plan {
		limit := &sparkpb.Relation{RelType: &sparkpb.Relation_Limit{Limit: &sparkpb.Limit{Input: r, Limit: 1}}}
		union := &sparkpb.Relation{RelType: &sparkpb.Relation_SetOp{SetOp: &sparkpb.SetOperation{LeftInput: numbers, RightInput: limit}}}
		return &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: union}}
	}
	if holdsRemote(over(numbers).ProtoReflect()) {
		t.Error("numbers are held nowhere")
	}
	if !holdsRemote(over(checkpoint).ProtoReflect()) {
		t.Error("a checkpoint is held by the home")
	}
}
