package wire

// This file finds a batch's data in a message that came in pieces.

import (
	"encoding/binary"
	"errors"
	"io"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

// errUnusual says that bytes are no protobuf message, or not one as Spark writes it: protobuf itself is the judge then.
var errUnusual = errors.New("not a response as Spark writes it")

// readApart reads a response with a batch; all but the batch's data is copied. It tells whether it could.
func readApart(in mem.BufferSlice, r *Response) bool {
	r.ExecutePlanResponse, r.Data = &sparkpb.ExecutePlanResponse{}, nil
	var batch *sparkpb.ExecutePlanResponse_ArrowBatch
	message := pieces{in: in, left: in.Len()}
	rest, err := message.split(batchField, func(inner pieces) error {
		if batch != nil {
			return errUnusual
		}
		batch = &sparkpb.ExecutePlanResponse_ArrowBatch{}
		head, err := inner.split(dataField, func(data pieces) error {
			if r.Data != nil {
				return errUnusual
			}
			r.Data = data.refs()
			return nil
		})
		if err != nil {
			return err
		}
		return proto.Unmarshal(head, batch)
	})
	if err == nil {
		err = proto.Unmarshal(rest, r.ExecutePlanResponse)
	}
	if err != nil || len(r.Data) == 0 || r.ResponseType != nil {
		r.Data.Free()
		return false
	}
	r.ResponseType = &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: batch}
	return true
}

// pieces is a place in buffers, and how many bytes from there on belong to it.
type pieces struct {
	in   mem.BufferSlice
	at   int // in the first of them
	left int
}

// split goes through the fields of a message. It hands the bytes of each field with that number to take, and returns
// all others as they are.
func (p *pieces) split(number protowire.Number, take func(pieces) error) (rest []byte, err error) {
	for p.left > 0 {
		tag, err := binary.ReadUvarint(p)
		if err != nil {
			return nil, err
		}
		n, kind := protowire.DecodeTag(tag)
		size := 0
		switch {
		case n < protowire.MinValidNumber:
			return nil, errUnusual
		case kind == protowire.BytesType:
			long, err := binary.ReadUvarint(p)
			if err != nil || long > uint64(p.left) {
				return nil, errUnusual
			}
			if size = int(long); n == number {
				if err := take(pieces{in: p.in, at: p.at, left: size}); err != nil {
					return nil, err
				}
				p.skip(size)
				continue
			}
			rest = protowire.AppendVarint(protowire.AppendTag(rest, n, kind), long)
		case kind == protowire.VarintType:
			value, err := binary.ReadUvarint(p)
			if err != nil {
				return nil, err
			}
			rest = protowire.AppendVarint(protowire.AppendTag(rest, n, kind), value)
		case kind == protowire.Fixed32Type:
			rest, size = protowire.AppendTag(rest, n, kind), 4
		case kind == protowire.Fixed64Type:
			rest, size = protowire.AppendTag(rest, n, kind), 8
		default:
			return nil, errUnusual // groups, which Spark's messages have none of
		}
		if rest, err = p.copied(rest, size); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// ReadByte gives the next byte.
func (p *pieces) ReadByte() (byte, error) {
	if p.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	for p.at == p.in[0].Len() {
		p.in, p.at = p.in[1:], 0
	}
	b := p.in[0].ReadOnlyData()[p.at]
	p.at, p.left = p.at+1, p.left-1
	return b, nil
}

// each hands the next n bytes to take, buffer by buffer, and goes on behind them.
func (p *pieces) each(n int, take func(b mem.Buffer, from, to int)) {
	p.left -= n
	for n > 0 {
		long := min(n, p.in[0].Len()-p.at)
		if long > 0 && take != nil {
			take(p.in[0], p.at, p.at+long)
		}
		if p.at, n = p.at+long, n-long; n > 0 {
			p.in, p.at = p.in[1:], 0
		}
	}
}

func (p *pieces) skip(n int) { p.each(n, nil) }

// copied appends the next n bytes.
func (p *pieces) copied(to []byte, n int) ([]byte, error) {
	if n > p.left {
		return nil, errUnusual
	}
	p.each(n, func(b mem.Buffer, from, end int) { to = append(to, b.ReadOnlyData()[from:end]...) })
	return to, nil
}

// refs gives references to all that is left.
func (p pieces) refs() (out mem.BufferSlice) {
	p.each(p.left, func(b mem.Buffer, from, to int) { out = append(out, b.Slice(from, to)) })
	return out
}
