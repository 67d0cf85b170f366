package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// logbook is a log that tests read.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func history(t testing.TB, o HistoryOptions) (*History, *logbook) {
	t.Helper()
	l := &logbook{}
	o.Log = slog.New(slog.NewTextHandler(l, nil))
	if o.Rows == 0 {
		o.Rows = 1000
	}
	h := OpenHistory(o)
	t.Cleanup(func() { h.Close() })
	return h, l
}

// nth is a record with something in each field.
func nth(n int) Record {
	var r Record
	v := reflect.ValueOf(&r).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(fmt.Sprintf("%s %d \x00 ü", v.Type().Field(i).Name, n))
		case reflect.Float64:
			f.SetFloat(float64(n) + float64(i)/100)
		case reflect.Int64:
			f.SetInt(int64(n*100 + i))
		case reflect.Bool:
			f.SetBool((n+i)%2 == 0)
		}
	}
	r.Started = time.UnixMicro(1_700_000_000_000_000 + int64(n)*1_000_000)
	return r
}

func records(t testing.TB, h *History, f Filter) []Record {
	t.Helper()
	all, err := h.Records(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHistorySurvives(t *testing.T) {
	dir := t.TempDir()
	h, _ := history(t, HistoryOptions{Dir: dir})
	for i := range 5 {
		h.Add(nth(i))
	}
	if got := records(t, h, Filter{}); len(got) != 5 || got[0] != nth(4) || got[4] != nth(0) {
		t.Fatalf("%+v", got)
	}
	h.Add(nth(5)) // which nobody asked to be written
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	again, log := history(t, HistoryOptions{Dir: dir})
	if got := records(t, again, Filter{}); len(got) != 6 || got[0] != nth(5) || again.Lost() != 0 || log.String() != "" {
		t.Fatalf("after a restart: %+v %s", got, log)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h, _ := history(t, HistoryOptions{Dir: t.TempDir(), Rows: 100})
	for i := range 250 {
		h.Add(nth(i))
	}
	got := records(t, h, Filter{})
	if len(got) != 100 || got[0] != nth(249) || got[99] != nth(150) {
		t.Errorf("%d records", len(got))
	}
	odd := nth(250)
	odd.CPUSeconds, odd.Took, odd.Text = math.NaN(), math.Inf(1), strings.Repeat("ü", 100_000)+"\xff"
	h.Add(odd)
	if got := records(t, h, Filter{Limit: 1})[0]; got.CPUSeconds != 0 || got.Took != 0 || len(got.Text) > maxValue || got.Why != odd.Why {
		t.Errorf("%+v", got)
	}
}

func TestHistoryFilter(t *testing.T) {
	h, _ := history(t, HistoryOptions{Dir: t.TempDir()})
	for i := range 20 {
		r := nth(i)
		r.User, r.Engine, r.Fingerprint, r.Error = fmt.Sprint("u", i%2), fmt.Sprint("e", i%3), fmt.Sprint("f", i%5), ""
		if i%4 == 0 {
			r.Error = "DIVIDE_BY_ZERO"
		}
		h.Add(r)
	}
	for want, f := range map[int]Filter{
		20: {}, 10: {User: "u1"}, 7: {Engine: "e1"}, 4: {Fingerprint: "f0"}, 5: {Failed: true}, 3: {Limit: 3},
		6: {Since: nth(14).Started}, 2: {Fingerprint: "f0", User: "u0"}, 0: {User: "u1' OR 1 --"},
	} {
		if got := records(t, h, f); len(got) != want {
			t.Errorf("%+v: %d records, not %d", f, len(got), want)
		}
	}
}

// TestNoHistory: a server may keep none.
func TestNoHistory(t *testing.T) {
	var h *History
	h.Add(nth(1))
	if all, err := h.Records(t.Context(), Filter{}); len(all) != 0 || err != nil || h.Lost() != 0 || h.Close() != nil {
		t.Error("nothing has something")
	}
}

// TestHistoryOfAnotherVersion has columns that are not there yet, and some that are not there any more.
func TestHistoryOfAnotherVersion(t *testing.T) {
	dir := t.TempDir()
	h, _ := history(t, HistoryOptions{Dir: dir})
	h.Add(nth(1))
	records(t, h, Filter{})
	h.mu.Lock()
	_, err := h.db.Exec(`ALTER TABLE query DROP COLUMN other_bytes; ALTER TABLE query ADD COLUMN weather TEXT NOT NULL DEFAULT 'fair'`)
	h.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	h.Close()
	h, log := history(t, HistoryOptions{Dir: dir})
	h.Add(nth(2))
	got, old := records(t, h, Filter{}), nth(1)
	old.OtherBytes = 0
	if len(got) != 2 || got[0] != nth(2) || got[1] != old || log.String() != "" {
		t.Errorf("%+v %s", got, log)
	}
}

// filled makes a file of many pages and gives its path.
func filled(t *testing.T, dir string) string {
	t.Helper()
	h := OpenHistory(HistoryOptions{Dir: dir, Rows: 5000})
	for i := range 3000 {
		h.Add(nth(i))
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, historyFile)
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damages are what may happen to the file while no server runs.
var damages = map[string]func(t *testing.T, path string, data []byte){
	"truncated to a byte":   func(t *testing.T, path string, data []byte) { write(t, path, data[:1]) },
	"truncated in a page":   func(t *testing.T, path string, data []byte) { write(t, path, data[:len(data)/2+100]) },
	"truncated to its head": func(t *testing.T, path string, data []byte) { write(t, path, data[:4096]) },
	"emptied":               func(t *testing.T, path string, _ []byte) { write(t, path, nil) },
	"garbage": func(t *testing.T, path string, _ []byte) {
		write(t, path, bytes.Repeat([]byte("no database "), 10_000))
	},
	"zeroes": func(t *testing.T, path string, data []byte) { write(t, path, make([]byte, len(data))) },
	"garbage behind its head": func(t *testing.T, path string, data []byte) {
		write(t, path, append(data[:4096:4096], bytes.Repeat([]byte{0xa5}, len(data)-4096)...))
	},
	"garbage in its head": func(t *testing.T, path string, data []byte) {
		write(t, path, append(append(data[:20:20], bytes.Repeat([]byte{0xa5}, 3000)...), data[3020:]...))
	},
	"garbage in its log": func(t *testing.T, path string, _ []byte) { write(t, path+"-wal", bytes.Repeat([]byte{7}, 100_000)) },
	"a folder": func(t *testing.T, path string, _ []byte) {
		os.Remove(path)
		if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
			t.Fatal(err)
		}
	},
	"another table": func(t *testing.T, path string, _ []byte) {
		os.Remove(path)
		other(t, path, `CREATE TABLE query (id INTEGER PRIMARY KEY, weather TEXT NOT NULL)`)
	},
	"a view": func(t *testing.T, path string, _ []byte) {
		os.Remove(path)
		other(t, path, `CREATE VIEW query AS SELECT 1 AS id`)
	},
	"text for numbers": func(t *testing.T, path string, _ []byte) {
		other(t, path, `UPDATE query SET "rows" = 'many', started = 'today'`)
	},
}

// other does something else with the file.
func other(t *testing.T, path, statement string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// works fails unless the history takes a record and gives it back.
func works(t *testing.T, h *History, n int) {
	t.Helper()
	h.Add(nth(n))
	if _, err := h.Records(t.Context(), Filter{}); err != nil { // it may be the one who finds the damage
		t.Fatal(err)
	}
	h.Add(nth(n + 1))
	if got := records(t, h, Filter{}); len(got) == 0 || got[0] != nth(n+1) {
		t.Errorf("what was added is not there: %d records", len(got))
	}
}

func TestDamagedHistoryBeginsAnew(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(filled(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, historyFile)
			write(t, path, data)
			damage(t, path, data)
			h, log := history(t, HistoryOptions{Dir: dir, Rows: 5000})
			works(t, h, 10_000)
			_, err := os.Stat(path + asideSuffix)
			if aside := err == nil; aside != strings.Contains(log.String(), "set aside") {
				t.Errorf("set aside: %t, the log: %s", aside, log)
			} else if !aside && name != "emptied" && name != "garbage in its log" && name != "truncated to a byte" {
				t.Error("the file was not set aside")
			}
		})
	}
}

// TestRandomDamage: whatever bytes are others, a history goes on.
func TestRandomDamage(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(filled(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		bad := bytes.Clone(data)
		for range 1 + random.IntN(40) {
			at, n := random.IntN(len(bad)), random.IntN(2000)
			for i := at; i < min(at+n, len(bad)); i++ {
				bad[i] = byte(random.Uint32())
			}
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, historyFile), bad)
		h, _ := history(t, HistoryOptions{Dir: dir, Rows: 5000})
		works(t, h, 10_000)
		h.Close()
	}
}

// TestHistoryThatFails has happen to the file what may while it is open.
func TestHistoryThatFails(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"deleted": func(t *testing.T, path string) { os.Remove(path); os.Remove(path + "-wal") },
		"cut":     func(t *testing.T, path string) { os.Truncate(path, 5000); os.Truncate(path+"-wal", 0) },
		"overwritten": func(t *testing.T, path string) {
			write(t, path, bytes.Repeat([]byte{3}, 1<<20))
			write(t, path+"-wal", bytes.Repeat([]byte{3}, 1<<20))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, log := history(t, HistoryOptions{Dir: t.TempDir(), Rows: 5000})
			for i := range 3000 {
				h.Add(nth(i))
			}
			records(t, h, Filter{Limit: 1})
			harm(t, filepath.Join(h.o.Dir, historyFile))
			for i := range 3000 { // some may be lost, and are counted
				h.Add(nth(5000 + i))
			}
			h.Records(t.Context(), Filter{})
			works(t, h, 10_000)
			h.Close()
			again, _ := history(t, HistoryOptions{Dir: h.o.Dir, Rows: 5000})
			if got := records(t, again, Filter{Limit: 1}); len(got) != 1 || got[0] != nth(10_001) {
				t.Errorf("after a restart: %+v\n%s", got, log)
			}
		})
	}
}

// TestFullHistory: a full disk costs the old records, or the new ones, and never the query that was to be noted.
func TestFullHistory(t *testing.T) {
	h, log := history(t, HistoryOptions{Dir: t.TempDir(), Rows: 100_000, pragmas: []string{"max_page_count(400)"}})
	total := 0
	for range 12 {
		for range 500 {
			h.Add(nth(total))
			total++
		}
		if got := records(t, h, Filter{Limit: 1}); len(got) != 1 || got[0] != nth(total-1) {
			t.Fatalf("after %d: %+v", total, got)
		}
	}
	if text := log.String(); !strings.Contains(text, "set aside") {
		t.Errorf("nobody was told:\n%s", text)
	}
	aside, err := sql.Open("sqlite", "file:"+h.path()+asideSuffix)
	if err != nil {
		t.Fatal(err)
	}
	defer aside.Close()
	kept := 0
	if err := aside.QueryRow("SELECT count(*) FROM query").Scan(&kept); err != nil || kept < 500 {
		t.Errorf("what was set aside has %d queries, %v", kept, err)
	}
	aside.Close()
	files, err := filepath.Glob(filepath.Join(h.o.Dir, "*"))
	if err != nil || len(files) > 4 {
		t.Errorf("%d files: %v, %v", len(files), files, err)
	}
}

// TestHopelessHistory: where nothing can be written what is lost is counted and told, and nobody waits.
func TestHopelessHistory(t *testing.T) {
	for name, o := range map[string]HistoryOptions{
		"full from the start": {Dir: t.TempDir(), pragmas: []string{"max_page_count(3)"}},
		"read-only":           {Dir: t.TempDir(), pragmas: []string{"query_only(1)"}},
		"no folder":           {Dir: filepath.Join(t.TempDir(), "none")},
	} {
		t.Run(name, func(t *testing.T) {
			h, log := history(t, o)
			start := time.Now()
			for i := range 20_000 {
				h.Add(nth(i))
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("adding took %v", took)
			}
			all, _ := h.Records(t.Context(), Filter{})
			if h.Lost()+int64(len(all)) != 20_000 || h.Lost() < 19_000 {
				t.Errorf("%d lost, %d there", h.Lost(), len(all))
			}
			if lines := strings.Count(log.String(), "missing in the history"); lines != 1 {
				t.Errorf("told %d times: %s", lines, log)
			}
		})
	}
}

// TestHistoryHeals: what could not be written once is tried again later.
func TestHistoryHeals(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	h, _ := history(t, HistoryOptions{Dir: dir, heal: time.Millisecond})
	h.Add(nth(1))
	if _, err := h.Records(t.Context(), Filter{}); err == nil || h.Lost() != 1 {
		t.Fatal("a history without a folder")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Millisecond)
	works(t, h, 2)
}

// TestHistoryOfMany: many add and read at once, and nothing is lost that was counted as written.
func TestHistoryOfMany(t *testing.T) {
	h, _ := history(t, HistoryOptions{Dir: t.TempDir(), Rows: 50_000})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				h.Add(nth(i))
				if i%100 == 0 {
					if _, err := h.Records(context.Background(), Filter{Limit: 10}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if got := records(t, h, Filter{}); int64(len(got))+h.Lost() != 4000 || h.Lost() > 0 {
		t.Errorf("%d there, %d lost", len(got), h.Lost())
	}
}

// BenchmarkHistory is what a query costs that is noted, and its writing.
func BenchmarkHistory(b *testing.B) {
	h, _ := history(b, HistoryOptions{Dir: b.TempDir(), Rows: 100_000})
	r := nth(1)
	for b.Loop() {
		for len(h.pending) == maxPending {
			time.Sleep(time.Millisecond)
		}
		h.Add(r)
	}
	records(b, h, Filter{Limit: 1})
}

// BenchmarkRecords reads the whole history.
func BenchmarkRecords(b *testing.B) {
	h, _ := history(b, HistoryOptions{Dir: b.TempDir(), Rows: 100_000})
	for i := range 20_000 {
		for len(h.pending) == maxPending {
			time.Sleep(time.Millisecond)
		}
		h.Add(nth(i))
	}
	for b.Loop() {
		if got := len(records(b, h, Filter{})); got != 20_000 {
			b.Fatal(got)
		}
	}
}
