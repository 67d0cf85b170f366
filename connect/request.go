package connect

// This file opens a request's plan: root or command, compressed or not.

import (
	"crypto/sha256"
	"strconv"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
)

// maxPlan bounds a plan after decompression.
const maxPlan = 512 << 20

// marshalPlan gives a plan's bytes: what the journal keeps, and what tells requests apart.
func marshalPlan(p *sparkpb.Plan) ([]byte, error) {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(p)
	if err != nil {
		return nil, fault.BadPlan("the plan cannot be read: %v", err)
	}
	return raw, nil
}

func unmarshalPlan(raw []byte) (*sparkpb.Plan, error) {
	p := &sparkpb.Plan{}
	if err := proto.Unmarshal(raw, p); err != nil {
		return nil, fault.BadPlan("the plan cannot be read: %v", err)
	}
	return expand(p)
}

func fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	return string(sum[:])
}

// expand undoes a plan's compression.
func expand(p *sparkpb.Plan) (*sparkpb.Plan, error) {
	c := p.GetCompressedOperation()
	if c == nil {
		return p, nil
	}
	if c.GetCompressionCodec() != sparkpb.CompressionCodec_COMPRESSION_CODEC_ZSTD {
		return nil, fault.New("CONNECT_INVALID_PLAN.CANNOT_PARSE", "errorMsg", "unknown compression "+c.GetCompressionCodec().String())
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxPlan), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	data, err := z.DecodeAll(c.GetData(), nil)
	if err != nil {
		if err == zstd.ErrDecoderSizeExceeded {
			return nil, fault.New("CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX", "planSize", "unknown", "maxPlanSize", strconv.Itoa(maxPlan))
		}
		return nil, fault.New("CONNECT_INVALID_PLAN.CANNOT_PARSE", "errorMsg", err.Error())
	}
	out := &sparkpb.Plan{}
	switch c.GetOpType() {
	case sparkpb.Plan_CompressedOperation_OP_TYPE_RELATION:
		rel := &sparkpb.Relation{}
		err, out.OpType = proto.Unmarshal(data, rel), &sparkpb.Plan_Root{Root: rel}
	case sparkpb.Plan_CompressedOperation_OP_TYPE_COMMAND:
		cmd := &sparkpb.Command{}
		err, out.OpType = proto.Unmarshal(data, cmd), &sparkpb.Plan_Command{Command: cmd}
	default:
		return nil, fault.New("CONNECT_INVALID_PLAN.CANNOT_PARSE", "errorMsg", "unknown operation "+c.GetOpType().String())
	}
	if err != nil {
		return nil, fault.New("CONNECT_INVALID_PLAN.CANNOT_PARSE", "errorMsg", err.Error())
	}
	return out, nil
}

// decodePlan decodes an expanded plan.
func (d *decoder) decodePlan(p *sparkpb.Plan) (plan.Statement, error) {
	switch p := p.GetOpType().(type) {
	case *sparkpb.Plan_Root:
		return d.decodeRelation(p.Root)
	case *sparkpb.Plan_Command:
		if sql := p.Command.GetSqlCommand(); sql != nil {
			return d.decodeSQLCommand(sql)
		}
		return d.decodeCommand(p.Command)
	default:
		return nil, fault.BadPlan("the plan is empty")
	}
}
