package session

// This file remembers which relations a client asked to persist. Nothing is held for it: the
// answers are the same, and files are read fast enough to read them again.

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// digest shortens a fingerprint.
func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return string(sum[:])
}

// StorageLevel is where Spark would keep a relation.
type StorageLevel struct {
	Disk, Memory, OffHeap, Deserialized bool
	Replication                         int32
}

// DefaultStorage is what df.cache() asks for.
var DefaultStorage = StorageLevel{Disk: true, Memory: true, Deserialized: true, Replication: 1}

// maxPersisted bounds what is remembered; more is forgotten at random, and nothing depends on it.
const maxPersisted = 1000

// Persist marks a relation, known by its [Fingerprint].
func (s *Session) Persist(key string, level StorageLevel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.persisted == nil {
		s.persisted = map[string]StorageLevel{}
	}
	for old := range s.persisted {
		if len(s.persisted) < maxPersisted {
			break
		}
		delete(s.persisted, old)
	}
	s.persisted[digest(key)] = level
}

// Unpersist takes the mark off.
func (s *Session) Unpersist(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.persisted, digest(key))
}

// Persisted tells a relation's level; Replication alone is set when there is none.
func (s *Session) Persisted(key string) StorageLevel {
	s.mu.Lock()
	defer s.mu.Unlock()
	if level, ok := s.persisted[digest(key)]; ok {
		return level
	}
	return StorageLevel{Replication: 1}
}

// somewhere tells a level from none.
func (l StorageLevel) somewhere() bool { return l.Disk || l.Memory || l.OffHeap }

func (l StorageLevel) String() string {
	var where []string
	for word, is := range map[string]bool{"disk": l.Disk, "memory": l.Memory, "offheap": l.OffHeap, "deserialized": l.Deserialized} {
		if is {
			where = append(where, word)
		}
	}
	slices.Sort(where)
	return fmt.Sprintf("StorageLevel(%s, %d replicas)", strings.Join(where, ", "), l.Replication)
}

// persists tells whether anything is persisted.
func (s *Session) persists() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.persisted) > 0
}

// forgetPersisted is CLEAR CACHE.
func (s *Session) forgetPersisted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persisted = nil
}
