package session

// This file remembers which relations a client asked to persist. Nothing is held for it: the
// answers are the same, and files are read fast enough to read them again.

import "crypto/sha256"

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

// forgetPersisted is CLEAR CACHE.
func (s *Session) forgetPersisted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persisted = nil
}
