package local

// This file knows processes: which belong to the cluster, which still live, how they end. A process
// is known by a word in its environment, which its children inherit, and by the time it began: a
// number that the kernel gave to another process since is never taken for ours.

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// markVar is the word's name; the value is "<cluster>:<role>".
const markVar = "SHOAL_CLUSTER"

// roleSupervisor is the role of the process that looks after the others.
const roleSupervisor = "supervisor"

// process is a process, for good.
type process struct {
	PID   int    `json:"pid,omitempty"`
	Began uint64 `json:"began,omitempty"` // clock ticks since the machine started
}

// processOf tells when a process began; it is zero where there is none.
func processOf(pid int) process {
	began, ok := beganAt(pid)
	if !ok {
		return process{}
	}
	return process{PID: pid, Began: began}
}

// alive tells whether it runs.
func (p process) alive() bool {
	if p.PID <= 0 {
		return false
	}
	began, ok := beganAt(p.PID)
	return ok && began == p.Began
}

// beganAt reads when a process began; one that ended and was not yet waited for is none.
func beganAt(pid int) (uint64, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // the name before may hold anything
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return 0, false
	}
	began, err := strconv.ParseUint(fields[19], 10, 64)
	return began, err == nil
}

// marked lists the live processes of a role, of all roles where it is "".
func marked(cluster, role string) []process {
	word := []byte(markVar + "=" + cluster + ":" + role)
	if role != "" {
		word = append(word, 0)
	}
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []process
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !hasWord(env, word) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		if p := processOf(pid); p.PID != 0 {
			found = append(found, p)
		}
	}
	return found
}

func hasWord(env, word []byte) bool {
	if !bytes.HasSuffix(env, []byte{0}) {
		env = append(env, 0)
	}
	return bytes.HasPrefix(env, word) || bytes.Contains(env, append([]byte{0}, word...))
}

// signal sends a signal to that very process. The handle is taken first and the process looked at
// after that, so that it cannot become another one in between.
func (p process) signal(sig syscall.Signal) {
	handle, err := os.FindProcess(p.PID)
	if err != nil {
		return
	}
	defer handle.Release()
	if p.alive() {
		handle.Signal(sig)
	}
}

// finish ends the processes of a role, of all roles where it is "" but the supervisor's: first
// kindly, where they are given time for it.
func finish(ctx context.Context, cluster, role string, kindly time.Duration) error {
	list := func() []process {
		var all []process
		for _, p := range marked(cluster, role) {
			if role == roleSupervisor || roleOf(cluster, p) != roleSupervisor {
				all = append(all, p)
			}
		}
		return all
	}
	if kindly > 0 {
		for _, p := range list() {
			p.signal(syscall.SIGTERM)
		}
		gone(ctx, list, kindly)
	}
	for range 50 { // what is killed may have started another just before
		for _, p := range list() {
			p.signal(syscall.SIGKILL)
		}
		if gone(ctx, list, 200*time.Millisecond) {
			return nil
		}
	}
	return fmt.Errorf("processes %v do not end", list())
}

// roleOf reads the role off a process of the cluster.
func roleOf(cluster string, p process) string {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
	if err != nil {
		return ""
	}
	_, rest, _ := bytes.Cut(env, []byte(markVar+"="+cluster+":"))
	role, _, _ := bytes.Cut(rest, []byte{0})
	return string(role)
}

// gone waits until no process is left. It goes on when ctx ends: what was begun is brought to its end.
func gone(ctx context.Context, list func() []process, limit time.Duration) bool {
	ctx = context.WithoutCancel(ctx)
	for deadline := time.Now().Add(limit); ; {
		if len(list()) == 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// pause waits, or less where ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
