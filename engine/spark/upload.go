package spark

// This file sends artifacts.

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"shoal/fault"
	"shoal/internal/sparkpb"
)

// piece is how much of an artifact one message carries.
const piece = 256 << 10

// upload sends a file as the artifact of a name. One that is there already is as good.
func (h *home) upload(ctx context.Context, name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.Internalf("the artifact %s is not kept any more", name).Because(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("artifact: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := h.e.client.AddArtifacts(ctx)
	if err != nil {
		return err
	}
	if err := h.sendPieces(stream.Send, name, f, info.Size()); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	reply, err := stream.CloseAndRecv()
	if err != nil {
		if hasClass(err, "ARTIFACT_ALREADY_EXISTS") {
			return nil
		}
		return err
	}
	h.saw(reply)
	for _, a := range reply.GetArtifacts() {
		if !a.GetIsCrcSuccessful() {
			return fmt.Errorf("the artifact %s arrived damaged", name)
		}
	}
	return nil
}

// sendPieces sends a file: in one message if it is small, else in several.
func (h *home) sendPieces(send func(*sparkpb.AddArtifactsRequest) error, name string, f io.Reader, size int64) error {
	i := h.ids()
	if h.e.dialect() != nil {
		i.observed = nil
	}
	buf := make([]byte, piece)
	for first, left := true, size; first || left > 0; first = false {
		n, err := io.ReadFull(f, buf[:min(left, piece)])
		if err != nil {
			return fmt.Errorf("artifact: %w", err)
		}
		left -= int64(n)
		chunk := &sparkpb.AddArtifactsRequest_ArtifactChunk{Data: buf[:n:n], Crc: int64(crc32.ChecksumIEEE(buf[:n]))}
		req := &sparkpb.AddArtifactsRequest{SessionId: i.session, ClientObservedServerSideSessionId: i.observed, UserContext: i.user}
		switch {
		case size <= piece:
			req.Payload = &sparkpb.AddArtifactsRequest_Batch_{Batch: &sparkpb.AddArtifactsRequest_Batch{
				Artifacts: []*sparkpb.AddArtifactsRequest_SingleChunkArtifact{{Name: name, Data: chunk}}}}
		case first:
			req.Payload = &sparkpb.AddArtifactsRequest_BeginChunk{BeginChunk: &sparkpb.AddArtifactsRequest_BeginChunkedArtifact{
				Name: name, TotalBytes: size, NumChunks: (size + piece - 1) / piece, InitialChunk: chunk}}
		default:
			req.Payload = &sparkpb.AddArtifactsRequest_Chunk{Chunk: chunk}
		}
		if err := send(req); err != nil {
			return err
		}
	}
	return nil
}
