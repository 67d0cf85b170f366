package session

// This file holds what a client uploads: files under one directory a session, whose names cannot
// leave it.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"shoal/fault"
	"shoal/store"
)

// cachePrefix begins the names of artifacts that a client looks up by their hash.
const cachePrefix = "cache/"

// Upload is an artifact on its way in. End it with Commit or Discard.
type Upload struct {
	s    *Session
	name string
	dir  string
	file *os.File
}

// forwardPrefix begins the names of files that the client wants written elsewhere on the server.
const forwardPrefix = "forward_to_fs/"

// NewUpload begins an artifact.
func (s *Session) NewUpload(name string) (*Upload, error) {
	if strings.HasPrefix(name, forwardPrefix) {
		return nil, fault.Unsupported("copying files to the server's file system")
	}
	clean, ok := artifactName(name)
	if !ok {
		return nil, fault.New("INVALID_ARTIFACT_PATH", "name", name)
	}
	dir := s.room.artifactDir(s.ServerID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("artifacts: %w", err)
	}
	f, err := os.CreateTemp(dir, ".upload-*")
	if err != nil {
		return nil, fmt.Errorf("artifacts: %w", err)
	}
	return &Upload{s: s, name: clean, dir: dir, file: f}, nil
}

// artifactName accepts a relative path that stays below where it starts.
func artifactName(name string) (string, bool) {
	if name == "" || strings.ContainsAny(name, "\x00\\") || path.IsAbs(name) || len(name) > 1024 {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." || part == "." || part == "" || strings.HasPrefix(part, ".upload-") {
			return "", false
		}
	}
	return name, filepath.IsLocal(filepath.FromSlash(name))
}

// Write adds a piece.
func (u *Upload) Write(p []byte) (int, error) { return u.file.Write(p) }

// Discard drops the artifact.
func (u *Upload) Discard() {
	u.file.Close()
	os.Remove(u.file.Name())
}

// Commit keeps the artifact. One of that name may be there already, with the same content.
func (u *Upload) Commit(ctx context.Context) error {
	if err := u.file.Close(); err != nil {
		u.Discard()
		return fmt.Errorf("artifacts: %w", err)
	}
	to := filepath.Join(u.dir, filepath.FromSlash(u.name))
	if same, err := sameContent(u.file.Name(), to); err == nil {
		os.Remove(u.file.Name())
		if !same && !strings.HasPrefix(u.name, cachePrefix) {
			return fault.New("ARTIFACT_ALREADY_EXISTS", "normalizedRemoteRelativePath", u.name)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		u.Discard()
		return fmt.Errorf("artifacts: %w", err)
	}
	if err := os.Rename(u.file.Name(), to); err != nil {
		u.Discard()
		return fmt.Errorf("artifacts: %w", err)
	}
	return u.s.record(ctx, store.Entry{Kind: entryArtifact, Key: u.name}, nil)
}

// HasArtifact tells whether a cached artifact is here; other kinds are not looked up, as in Spark.
func (s *Session) HasArtifact(name string) bool {
	clean, ok := artifactName(name)
	if !ok || !strings.HasPrefix(clean, cachePrefix) {
		return false
	}
	_, err := os.Stat(filepath.Join(s.room.artifactDir(s.ServerID), filepath.FromSlash(clean)))
	return err == nil
}

// CachedArtifact reads what was uploaded under a hash.
func (s *Session) CachedArtifact(hash string) ([]byte, bool) {
	clean, ok := artifactName(cachePrefix + hash)
	if !ok || strings.Contains(hash, "/") {
		return nil, false
	}
	data, err := os.ReadFile(filepath.Join(s.room.artifactDir(s.ServerID), filepath.FromSlash(clean)))
	return data, err == nil
}

// KeepRelation keeps a relation's data beside what was uploaded, under an id of its own.
func (s *Session) KeepRelation(ctx context.Context, id string, data []byte) error {
	u, err := s.NewUpload(cachePrefix + id)
	if err != nil {
		return err
	}
	if _, err := u.Write(data); err != nil {
		u.Discard()
		return fmt.Errorf("artifacts: %w", err)
	}
	return u.Commit(ctx)
}

// ForgetRelation drops what [Session.KeepRelation] kept, unless a view is made of it.
func (s *Session) ForgetRelation(ctx context.Context, id string) error {
	if !isUUID(id) {
		return nil
	}
	entries, err := s.room.Store.Journal(ctx, s.Key)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if bytes.Contains(e.Payload, []byte(id)) {
			return nil
		}
	}
	err = os.Remove(filepath.Join(s.room.artifactDir(s.ServerID), cachePrefix, id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("artifacts: %w", err)
	}
	return nil
}

func (s *Session) removeArtifacts() { os.RemoveAll(s.room.artifactDir(s.ServerID)) }

// sameContent compares two files; the error says that one of them cannot be read.
func sameContent(a, b string) (bool, error) {
	f, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer g.Close()
	p, q := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(f, p)
		m, errB := io.ReadFull(g, q)
		if !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return true, nil
		}
	}
}

// copyTree copies a directory of files; a directory that is not there is empty.
func copyTree(from, to string) error {
	err := os.CopyFS(to, os.DirFS(from))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
