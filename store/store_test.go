package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSessionAndJournalSurviveReopen(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	s := open(t, dir)
	key := SessionKey{"ann", "s1"}
	now := time.Now().Truncate(time.Millisecond)
	if _, err := s.CreateSession(ctx, Session{SessionKey: key, ServerID: "srv", Created: now, Used: now}); err != nil {
		t.Fatal(err)
	}
	first, err := s.Change(ctx, key, Entry{Kind: "conf", Key: "a", Payload: []byte("1")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Change(ctx, key, Entry{Kind: "conf", Key: "a", Payload: []byte("2")}, []int64{first}); err != nil {
		t.Fatal(err)
	}
	s.Close()

	s = open(t, dir)
	got, found, err := s.Session(ctx, key)
	if err != nil || !found || got.ServerID != "srv" || got.Closed || !got.Used.Equal(now) {
		t.Fatalf("session after reopening: %+v, %v, %v", got, found, err)
	}
	entries, err := s.Journal(ctx, key)
	if err != nil || len(entries) != 1 || string(entries[0].Payload) != "2" {
		t.Fatalf("journal after reopening: %+v, %v", entries, err)
	}
}

func TestExpireClosesIdleSessionsAndForgetsOldTombstones(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	now := time.Now()
	for id, used := range map[string]time.Time{"old": now.Add(-2 * time.Hour), "new": now} {
		if _, err := s.CreateSession(ctx, Session{SessionKey: SessionKey{"ann", id}, ServerID: id, Created: used, Used: used}); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := s.Expire(ctx, now.Add(-time.Hour), 24*time.Hour); len(ids) != 1 || ids[0] != "old" || err != nil {
		t.Fatalf("closed %v, %v", ids, err)
	}
	if old, _, _ := s.Session(ctx, SessionKey{"ann", "old"}); !old.Closed {
		t.Error("the idle session is still open")
	}
	if _, err := s.Expire(ctx, now, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := s.Session(ctx, SessionKey{"ann", "old"}); found {
		t.Error("the old tombstone is still there")
	}
}

func TestUsersDoNotShareSessions(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	if _, err := s.CreateSession(ctx, Session{SessionKey: SessionKey{"ann", "s"}, ServerID: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := s.Session(ctx, SessionKey{"bob", "s"}); found {
		t.Error("bob sees ann's session")
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestOneServerADirectory(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "another Shoal") {
		t.Errorf("a second server on the same directory: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestDamagedStoreSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "shoal.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

// TestFullDisk begins sessions while the file takes no more: they live in memory, those before them stay where they are.
func TestFullDisk(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := open(t, dir)
	now := time.Now()
	before, during := SessionKey{"ann", "before"}, SessionKey{"ann", "during"}
	begin := func(key SessionKey) (lost error) {
		t.Helper()
		lost, err := s.CreateSession(ctx, Session{SessionKey: key, ServerID: key.ID, Created: now, Used: now})
		if err != nil {
			t.Fatal(err)
		}
		return lost
	}
	if lost := begin(before); lost != nil {
		t.Fatal(lost)
	}
	fill(t, s, before)
	for i := 0; begin(SessionKey{"ann", fmt.Sprint(i)}) == nil; i++ {
	}
	if begin(during) == nil {
		t.Error("the full file took another session")
	}
	if got, found, err := s.Session(ctx, during); !found || err != nil || got.ServerID != "during" {
		t.Fatalf("%+v, %v, %v", got, found, err)
	}
	first, err := s.Change(ctx, during, Entry{Kind: "conf", Key: "a", Payload: []byte("1")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Change(ctx, during, Entry{Kind: "conf", Key: "a", Payload: []byte("2")}, []int64{first}); err != nil {
		t.Fatal(err)
	}
	if entries, err := s.Journal(ctx, during); err != nil || len(entries) != 1 || string(entries[0].Payload) != "2" {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err := s.Journal(ctx, before); err != nil {
		t.Error(err)
	}
	if err := s.CloseSession(ctx, during); err != nil {
		t.Error(err)
	}
	if got, found, _ := s.Session(ctx, during); !found || !got.Closed {
		t.Errorf("after its end: %+v, %v", got, found)
	}
	s.Close()
	s = open(t, dir)
	if _, found, err := s.Session(ctx, before); !found || err != nil {
		t.Errorf("the session from before is gone: %v", err)
	}
	if _, found, _ := s.Session(ctx, during); found {
		t.Error("a session in memory outlived it")
	}
}

// fill lets the file take no more, and fills what it has with entries of a session.
func fill(t *testing.T, s *Store, key SessionKey) {
	t.Helper()
	if _, err := s.db.Exec("PRAGMA max_page_count = 1"); err != nil { // no more than there are
		t.Fatal(err)
	}
	for {
		_, err := s.Change(t.Context(), key, Entry{Kind: "conf", Key: "k", Payload: make([]byte, 100)}, nil)
		if isFull(err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
