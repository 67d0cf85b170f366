package connect

// This file keeps what df.checkpoint and df.localCheckpoint compute: as an uploaded relation of the
// session. With a Spark attached checkpoints are made there, so that both engines can read them.

import (
	"bytes"
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/session"
)

// maxCheckpoint is how many bytes of rows a checkpoint may have: they are read as one message.
const maxCheckpoint = 256 << 20

// checkpoint runs a relation and keeps its rows; the client gets a name for them.
func (x *execution) checkpoint(ctx context.Context, c *sparkpb.CheckpointCommand) error {
	d := x.decoder()
	rel, err := d.decodeRelation(c.GetRelation())
	if err != nil {
		return err
	}
	result, err := x.sess.Run(ctx, x.watched(session.Query{ID: x.op.ID, Statement: rel, Raw: x.raw}))
	if err != nil {
		return err
	}
	defer result.Close()
	id := uuid.NewString()
	if err := x.keep(ctx, id, result); err != nil {
		return err
	}
	if err := x.sendObservations(ctx, result); err != nil {
		return err
	}
	return x.send(ctx, len(id), func(r *sparkpb.ExecutePlanResponse) {
		r.ResponseType = &sparkpb.ExecutePlanResponse_CheckpointCommandResult{CheckpointCommandResult: &sparkpb.CheckpointCommandResult{
			Relation: &sparkpb.CachedRemoteRelation{RelationId: id},
		}}
	})
}

// keep writes a result's rows where [decoder.checkpointed] finds them.
func (x *execution) keep(ctx context.Context, id string, result *session.Result) error {
	var rows bytes.Buffer
	w := ipc.NewWriter(&rows, ipc.WithSchema(result.Schema))
	for result.Next() {
		if err := w.Write(result.Batch()); err != nil {
			return fmt.Errorf("encode a checkpoint: %w", err)
		}
		if rows.Len() > maxCheckpoint {
			return fault.Unsupported("a checkpoint of more than %d MiB", maxCheckpoint>>20)
		}
	}
	if err := result.Err(); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("encode a checkpoint: %w", err)
	}
	data, err := proto.Marshal(&sparkpb.LocalRelation{
		Data: rows.Bytes(), Schema: proto.String(typejson.Format(outputStruct(result.Out))),
	})
	if err != nil {
		return fmt.Errorf("encode a checkpoint: %w", err)
	}
	return x.sess.KeepRelation(ctx, id, data)
}

// checkpointed is a relation that was kept.
func (d *decoder) checkpointed(c plan.Common, r *sparkpb.CachedRemoteRelation) plan.Relation {
	if d.artifact == nil {
		return &plan.OpaqueRelation{Common: c, What: "cached_remote_relation"}
	}
	if _, ok := d.artifact(r.GetRelationId()); !ok { // the attached Spark may have it
		return &plan.OpaqueRelation{Common: c, What: "cached_remote_relation"}
	}
	rel := d.cachedLocal(c, &sparkpb.CachedLocalRelation{Hash: r.GetRelationId()})
	if data, ok := rel.(*plan.LocalData); ok {
		data.Checkpoint = true
	}
	return rel
}
