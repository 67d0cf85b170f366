package local

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"shoal/cluster"
)

func TestSums(t *testing.T) {
	spec := cluster.Spec{Workers: 4, Cores: 1, Memory: gib, DriverMemory: gib}
	// By hand: a worker 1024+384 for queries and 256+128 for itself, a driver 1024+384, a master 256+128.
	if got := sumOf(spec).Total / mib; got != 4*1792+1408+384 {
		t.Fatal(got)
	}
	if err := check(spec, 8960*mib); err != nil {
		t.Fatal(err)
	}
	err := check(spec, 8959*mib)
	if err == nil || !strings.Contains(err.Error(), "4 workers x 1.8 GiB + driver 1.4 GiB + master 384 MiB = 8.8 GiB; 3 such workers would fit") {
		t.Fatal(err)
	}
	if need(20*gib) != 22*gib {
		t.Fatal("a tenth, where that is more")
	}
	for _, bad := range []cluster.Spec{{}, {Workers: 1}, {Workers: 1, Cores: 1, Memory: mib, DriverMemory: gib},
		{Workers: 1, Cores: 1, Memory: gib, DriverMemory: gib, VolumeSize: 1}, {Workers: 1, Cores: 1, Memory: gib, DriverMemory: gib, ConnectPort: 70000}} {
		if check(bad, 0) == nil {
			t.Errorf("%+v", bad)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"512m": 512 * mib, "1g": gib, "2GB": 2 * gib, "3 GiB": 3 * gib, "0": 0, "1T": 1024 * gib} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "m", "1x", "-1g", "1", "1.5g", "99999999999t"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// The files are answers of Spark 4.1.4.
func TestRecordedAnswers(t *testing.T) {
	var m masterJSON
	read(t, "master.json", &m)
	if m.Status != "ALIVE" || len(m.Workers) != 4 {
		t.Fatalf("%+v", m)
	}
	w := m.Workers[0]
	if !m.registered(place{Host: w.Host, Port: w.Port}) || m.registered(place{Host: w.Host, Port: 1}) {
		t.Fatal("registered")
	}
	var k workerJSON
	read(t, "worker.json", &k)
	if len(k.Executors) != 1 {
		t.Fatalf("%+v", k)
	}
	var all []executor
	read(t, "executors.json", &all)
	got := loads(all)
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
}

func read(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

func TestLoads(t *testing.T) {
	got := loads([]executor{
		{ID: "driver", Address: "127.0.0.1:1", Tasks: 9},
		{ID: "0", Address: "127.0.2.1:2", Tasks: 3, Read: 5, Written: 7},               // it ended: its tasks do not run
		{ID: "1", Address: "127.0.2.1:3", Active: true, Tasks: 2, Read: 1, Written: 1}, // its successor
	})
	if want := (load{Tasks: 2, Shuffled: 14}); len(got) != 1 || got["127.0.2.1"] != want {
		t.Fatalf("%+v", got)
	}
}

func TestLauncherWords(t *testing.T) {
	path, options := launcherWords("\n\x00\njava\x00-cp\x00/conf:/jars/*\x00-Xmx1g\x00--add-opens=a=b\x00-Dc=d\x00" + sparkSubmit + "\x00--class\x00None\x00")
	if path != "/conf:/jars/*" || !slices.Equal(options, []string{"--add-opens=a=b", "-Dc=d"}) {
		t.Fatalf("%q %q", path, options)
	}
}

// A process is known by its mark and the time it began; its children carry the mark too.
func TestFinishEndsOurs(t *testing.T) {
	run := func(mark string) process {
		cmd := exec.Command("sh", "-c", "sleep 300 & wait")
		cmd.Env = append(os.Environ(), markVar+"="+mark)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go cmd.Wait()
		return processOf(cmd.Process.Pid)
	}
	id := clusterID(t.TempDir())
	ours, other, stranger := run(id+":worker-1"), run(id+":worker-11"), run("x"+id+":worker-1")
	defer finish(t.Context(), "x"+id, "", 0)
	for deadline := time.Now().Add(10 * time.Second); len(marked(id, "worker-1")) < 2; { // the shell and its sleep
		if time.Now().After(deadline) {
			t.Fatal(marked(id, "worker-1"))
		}
		pause(t.Context(), 10*time.Millisecond)
	}
	if err := finish(t.Context(), id, "worker-1", 0); err != nil {
		t.Fatal(err)
	}
	if ours.alive() || !other.alive() || !stranger.alive() || roleOf(id, other) != "worker-11" {
		t.Fatal("the wrong ones")
	}
	reused := process{PID: other.PID, Began: other.Began + 1}
	reused.signal(syscall.SIGKILL)
	if reused.alive() || !other.alive() {
		t.Fatal("a number that another process has now")
	}
	if err := finish(t.Context(), id, "", time.Second); err != nil || other.alive() || !stranger.alive() {
		t.Fatal(err)
	}
}

func TestVolume(t *testing.T) {
	v := volume{dir: t.TempDir(), limit: 32 * mib}
	method, why, err := v.prepare()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.remove() })
	t.Logf("held by %s %s", method, why)
	err = os.WriteFile(filepath.Join(v.local(), "x"), make([]byte, 40*mib), 0o600)
	if method == cluster.Mounted && err == nil {
		t.Fatal("more was written than the volume has")
	}
	if u, err := v.look(method); err != nil || !u.full() {
		t.Fatalf("%+v %v", u, err)
	}
	if err := os.RemoveAll(v.local()); err != nil {
		t.Fatal(err)
	}
	if _, err := v.look(method); err == nil {
		t.Fatal("its removal was not seen")
	}
	if _, _, err := v.prepare(); err != nil {
		t.Fatal(err)
	}
	if u, err := v.look(method); err != nil || u.full() {
		t.Fatalf("%+v %v", u, err)
	}
	if err := v.remove(); err != nil || v.mounted() {
		t.Fatal(err)
	}
}

func TestState(t *testing.T) {
	dir := cluster.Dir(t.TempDir())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := readState(dir); err != cluster.ErrNone {
		t.Fatal(err)
	}
	s := &state{dir: dir, Record: cluster.Record{Connect: "sc://127.0.0.1:1", Phase: cluster.Ready}}
	s.Crew.Members = []member{{Role: roleMaster, Proc: process{PID: 7, Began: 8}}}
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	got, err := readState(dir)
	if err != nil || got.Connect != s.Connect || got.Crew.Members[0].Proc != s.Crew.Members[0].Proc {
		t.Fatalf("%+v %v", got, err)
	}
	if _, ok := cluster.Running(filepath.Dir(dir)); ok {
		t.Fatal("nobody looks after it, and nothing answers")
	}
	lock, err := lockFile(filepath.Join(dir, cluster.LockFile))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if url, ok := cluster.Running(filepath.Dir(dir)); !ok || url != s.Connect {
		t.Fatal(url, ok)
	}
}
