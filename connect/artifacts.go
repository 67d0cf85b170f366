package connect

// This file takes what clients upload.

import (
	"context"
	"errors"
	"hash/crc32"
	"io"

	"google.golang.org/grpc"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// AddArtifacts takes files: small ones several in a message, large ones in pieces.
func (s *Server) AddArtifacts(stream grpc.ClientStreamingServer[sparkpb.AddArtifactsRequest, sparkpb.AddArtifactsResponse]) error {
	u := &uploading{s: s, ctx: stream.Context()}
	defer u.discard()
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := u.take(req); err != nil {
			return s.status(u.sess, err)
		}
	}
	if u.sess == nil || u.left > 0 {
		return s.status(u.sess, fault.Illegal("the upload ended early"))
	}
	return stream.SendAndClose(&sparkpb.AddArtifactsResponse{
		SessionId: u.sess.Key.ID, ServerSideSessionId: u.sess.ServerID, Artifacts: u.done,
	})
}

// uploading is one AddArtifacts call.
type uploading struct {
	s    *Server
	ctx  context.Context
	sess *session.Session
	done []*sparkpb.AddArtifactsResponse_ArtifactSummary

	// the artifact that comes in pieces
	part  *session.Upload
	name  string
	left  int64 // pieces to come
	bytes int64 // bytes to come
	sound bool  // checksums agree so far
}

func (u *uploading) discard() {
	if u.part != nil {
		u.part.Discard()
	}
}

func (u *uploading) take(req *sparkpb.AddArtifactsRequest) (err error) {
	if u.sess == nil {
		if u.sess, err = u.s.open(u.ctx, req); err != nil {
			return err
		}
	}
	if _, piece := req.GetPayload().(*sparkpb.AddArtifactsRequest_Chunk); piece != (u.left > 0) {
		return fault.Illegal("a piece of an artifact is missing, or belongs to none")
	}
	switch p := req.GetPayload().(type) {
	case *sparkpb.AddArtifactsRequest_Batch_:
		for _, a := range p.Batch.GetArtifacts() {
			if err := u.begin(a.GetName(), 1, int64(len(a.GetData().GetData())), a.GetData()); err != nil {
				return err
			}
		}
		return nil
	case *sparkpb.AddArtifactsRequest_BeginChunk:
		b := p.BeginChunk
		return u.begin(b.GetName(), b.GetNumChunks(), b.GetTotalBytes(), b.GetInitialChunk())
	case *sparkpb.AddArtifactsRequest_Chunk:
		return u.piece(p.Chunk)
	default:
		return fault.Illegal("an upload's message is empty")
	}
}

func (u *uploading) begin(name string, pieces, bytes int64, first *sparkpb.AddArtifactsRequest_ArtifactChunk) (err error) {
	if pieces < 1 || bytes < 0 {
		return fault.Illegal("the artifact %q has %d pieces and %d bytes", name, pieces, bytes)
	}
	if u.part, err = u.sess.NewUpload(name); err != nil {
		return err
	}
	u.name, u.left, u.bytes, u.sound = name, pieces, bytes, true
	return u.piece(first)
}

// piece adds a piece. An artifact whose checksum is wrong is not kept, and its sender is told.
func (u *uploading) piece(c *sparkpb.AddArtifactsRequest_ArtifactChunk) error {
	data := c.GetData()
	u.left--
	u.bytes -= int64(len(data))
	u.sound = u.sound && int64(crc32.ChecksumIEEE(data)) == c.GetCrc()
	if u.bytes < 0 || (u.left == 0 && u.bytes != 0) {
		return fault.Illegal("the artifact %q is not as long as was said", u.name)
	}
	if _, err := u.part.Write(data); err != nil {
		return err
	}
	if u.left > 0 {
		return nil
	}
	part := u.part
	u.part = nil
	u.done = append(u.done, &sparkpb.AddArtifactsResponse_ArtifactSummary{Name: u.name, IsCrcSuccessful: u.sound})
	if !u.sound {
		part.Discard()
		return nil
	}
	return part.Commit(u.ctx)
}

// ArtifactStatus tells which cached artifacts are here.
func (s *Server) ArtifactStatus(ctx context.Context, req *sparkpb.ArtifactStatusesRequest) (*sparkpb.ArtifactStatusesResponse, error) {
	sess, err := s.open(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	resp := &sparkpb.ArtifactStatusesResponse{
		SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID,
		Statuses: map[string]*sparkpb.ArtifactStatusesResponse_ArtifactStatus{},
	}
	for _, name := range req.GetNames() {
		resp.Statuses[name] = &sparkpb.ArtifactStatusesResponse_ArtifactStatus{Exists: sess.HasArtifact(name)}
	}
	return resp, nil
}
