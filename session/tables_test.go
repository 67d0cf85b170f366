package session

import (
	"testing"
	"time"

	"shoal/engine"
)

func TestLookups(t *testing.T) {
	var l lookups[*engine.Table]
	now := time.Now()
	kept := &engine.Table{Path: "/t"}
	_, known, epoch := l.get("t", now)
	if known {
		t.Fatal("known before it was asked")
	}
	l.put("t", kept, epoch, now)
	l.put("none", nil, epoch, now)
	if got, known, _ := l.get("t", now); !known || got != kept {
		t.Errorf("%v, %v", got, known)
	}
	if got, known, _ := l.get("none", now); !known || got != nil {
		t.Errorf("a table that is not there: %v, %v", got, known)
	}
	if _, known, _ := l.get("t", now.Add(lookupLife)); known {
		t.Error("remembered for too long")
	}
	l.forget()
	if _, known, _ := l.get("t", now); known {
		t.Error("remembered after a change")
	}
	l.put("t", kept, epoch, now) // asked before the change
	if _, known, _ := l.get("t", now); known {
		t.Error("what was before a change came back")
	}
}
