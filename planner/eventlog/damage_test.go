package eventlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readText(t *testing.T, text []byte) (*App, error) {
	t.Helper()
	return ReadFrom(t.Context(), "log", bytes.NewReader(text), Options{Workers: 2})
}

// TestTruncated cuts a log in the middle of a line: what came before is used, and it is said.
func TestTruncated(t *testing.T) {
	whole := testFile(t, "tiny-4.1")
	cut := bytes.Index(whole, []byte(`"Stage Name":"collect`)) // inside the job's start
	first := bytes.Count(whole[:cut], []byte("\n")) + 1
	app, err := readText(t, whole[:cut])
	if err != nil {
		t.Fatal(err)
	}
	c := &app.Coverage
	if c.Complete() || c.Bad != 1 || c.Problems[0].Line != int64(first) || !strings.Contains(c.Note(), "breaks off") ||
		!strings.Contains(c.Note(), "the end: ") {
		t.Errorf("line %d: %+v\n%s", first, c, c.Note())
	}
	if app.Name != "tiny" {
		t.Errorf("the name is %q", app.Name)
	}
}

// TestTruncatedCodecs cuts compressed logs.
func TestTruncatedCodecs(t *testing.T) {
	for _, name := range []string{"ml-4.1.zstd", "failures-4.1.lz4", "spill-4.1.snappy", "skew-4.1.lzf"} {
		whole := testFile(t, name)
		app, err := readText(t, whole[:len(whole)-len(whole)/3])
		if err != nil { // the log is one block: nothing of it can be had
			if !strings.Contains(err.Error(), "event log") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if note := app.Coverage.Note(); !strings.Contains(note, "the rest of log after line") {
			t.Errorf("%s: %s", name, note)
		}
	}
}

// TestDamagedLines puts foreign lines between good ones.
func TestDamagedLines(t *testing.T) {
	lines := bytes.SplitAfter(testFile(t, "tiny-4.1"), []byte("\n"))
	var text []byte
	for i, l := range lines {
		text = append(text, l...)
		switch i {
		case 6:
			text = append(text, "Killed by signal 9\n"...)
		case 9:
			text = append(text, `{"level":"WARN"}`+"\n\n"...)
		}
	}
	app, err := readText(t, text)
	if err != nil {
		t.Fatal(err)
	}
	c := &app.Coverage
	if c.Bad != 2 || c.Problems[0].Line != 8 || c.Problems[1].Line != 12 || app.Total.Tasks != 5 {
		t.Errorf("%+v, %d tasks", c, app.Total.Tasks)
	}
	if len(c.Missing) != 0 || !strings.Contains(c.Note(), `line 8: no JSON object: "Killed by signal 9"`) {
		t.Error(c.Note())
	}
}

// TestForeign reads what is no event log.
func TestForeign(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"csv":      {"a,b\n1,2\n", `line 1: no JSON object: "a,b"`},
		"json":     {`{"a":1}` + "\n" + `{"a":2}` + "\n", `line 1: JSON, but no Spark event`},
		"empty":    {"", "no event of a Spark application in 0 lines"},
		"blank":    {"\n\n \n", "no event of a Spark application in 3 lines"},
		"binary":   {"\x00\x01\x02\xff\xfe", "no JSON object"},
		"zip":      {"PK\x03\x04....", "unpack it first"},
		"parquet":  {"PAR1....", "no event log"},
		"array":    {`[{"Event":"SparkListenerLogStart"}]`, "line 1"},
		"not lz4":  {"LZ4Blockxxxxxxxxxxxxxxxxxxxxxxx", "damaged lz4"},
		"not zstd": {"\x28\xb5\x2f\xfdxxxxxxxxxxxxxxxxxxxxx", "zstd"},
		"unused":   {`{"Event":"SparkListenerBlockUpdated"}` + "\n", "no event of a Spark application in 1 lines"},
	} {
		app, err := readText(t, []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "log") {
			t.Errorf("%s: %v, %v; want %s", name, app, err, c.want)
		}
	}
	_, err := readText(t, []byte("hello\n"))
	var foreign *ForeignError
	if !errors.As(err, &foreign) || foreign.Line != 1 {
		t.Errorf("%v", err)
	}
}

// TestWildNumbers keeps sums meaningful when a line says what cannot be.
func TestWildNumbers(t *testing.T) {
	lines := bytes.SplitAfter(testFile(t, "tiny-4.1"), []byte("\n"))
	for i, l := range lines {
		if bytes.Contains(l, []byte("SparkListenerTaskEnd")) {
			l = bytes.Replace(l, []byte(`"Finish Time":1`), []byte(`"Finish Time":-9223372036854775807,"x":1`), 1)
			l = bytes.Replace(l, []byte(`"Executor Run Time":`), []byte(`"Executor Run Time":9223372036854775,"x":`), 1)
			lines[i] = bytes.Replace(l, []byte(`"JVM GC Time":`), []byte(`"JVM GC Time":-1e300,"x":`), 1)
		}
		if bytes.Contains(l, []byte("SparkListenerExecutorAdded")) {
			lines[i] = bytes.Replace(l, []byte(`"Total Cores":2`), []byte(`"Total Cores":999999999999999`), 1)
		}
	}
	app, err := readText(t, bytes.Join(lines, nil))
	if err != nil {
		t.Fatal(err)
	}
	if s := app.Total; s.Tasks != 5 || s.Run != 0 || s.GC != 0 || s.Duration != 0 || s.CPU <= 0 || app.Use.CoreTime < 0 {
		t.Errorf("%+v %+v", s, app.Use)
	}
	for _, f := range Findings(app) {
		if f.Share < 0 || f.Share > 1 || f.Seconds < 0 {
			t.Errorf("%+v", f)
		}
	}
}

// TestNoBeginning reads the second half of a log.
func TestNoBeginning(t *testing.T) {
	whole := testFile(t, "tiny-4.1")
	half := whole[len(whole)/2:]
	app, err := readText(t, half)
	if err != nil {
		t.Fatal(err)
	}
	if note := app.Coverage.Note(); !strings.Contains(note, "the beginning") || app.Total.Tasks == 0 {
		t.Errorf("%s, %d tasks", note, app.Total.Tasks)
	}
}

// TestLongLine drops a line that is longer than any event.
func TestLongLine(t *testing.T) {
	lines := bytes.SplitAfter(testFile(t, "tiny-4.1"), []byte("\n"))
	text := bytes.Join(lines[:5], nil)
	text = append(append(text, bytes.Repeat([]byte("x"), maxLine+3*chunkSize)...), '\n')
	app, err := readText(t, append(text, bytes.Join(lines[5:], nil)...))
	if err != nil {
		t.Fatal(err)
	}
	if c := &app.Coverage; c.Bad != 1 || c.Problems[0].Line != 6 || app.Total.Tasks != 5 {
		t.Errorf("%+v, %d tasks", c, app.Total.Tasks)
	}
}

// TestRolling orders files by number, takes a compacted one for all before it, and misses holes.
func TestRolling(t *testing.T) {
	lines := bytes.SplitAfter(testFile(t, "eventlog_v2_tiny/events_1_tiny"), []byte("\n"))
	whole, err := Read(t.Context(), "testdata/eventlog_v2_tiny", Options{})
	if err != nil {
		t.Fatal(err)
	}
	write := func(parts map[string][]byte) *App {
		dir := filepath.Join(t.TempDir(), "eventlog_v2_app")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range parts {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		apps, err := Read(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return apps[0]
	}
	a, b, c := bytes.Join(lines[:8], nil), bytes.Join(lines[8:12], nil), bytes.Join(lines[12:], nil)
	app := write(map[string][]byte{"events_2_app": b, "events_10_app": c, "events_1_app": a, "appstatus_app": nil})
	if app.Total != whole[0].Total {
		t.Errorf("%+v, want %+v", app.Total, whole[0].Total)
	}
	if note := app.Coverage.Note(); !strings.Contains(note, "files events_3 to 9") {
		t.Error(note)
	}
	app = write(map[string][]byte{"events_1_app": []byte("not read"), "events_2_app": b, "events_2_app.compact": append(a, b...), "events_3_app": c})
	if app.Total != whole[0].Total || app.Coverage.Files != 2 || !strings.Contains(app.Coverage.Note(), "compaction") {
		t.Errorf("%+v\n%s", app.Total, app.Coverage.Note())
	}
}

// TestManyApps reads a folder with logs and something else: the logs are used, the rest is named.
func TestManyApps(t *testing.T) {
	dir := t.TempDir()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(testFile(t, "tiny-3.5"))
	w.Close()
	for name, text := range map[string][]byte{
		"app-1": testFile(t, "tiny-4.1"), "app-2.inprogress": testFile(t, "sql-4.1"), "app-3.gz": zipped.Bytes(),
		"README": []byte("logs of last week\n"), ".app-1.crc": {0},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apps, err := Read(t.Context(), dir, Options{Workers: 2})
	if len(apps) != 3 || err == nil || !strings.Contains(err.Error(), "README: not a Spark event log: line 1") {
		t.Errorf("%d applications, %v", len(apps), err)
	}
	if _, err := Read(t.Context(), t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "holds no event log") {
		t.Error(err)
	}
	if _, err := Read(t.Context(), filepath.Join(dir, "nothing"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestCancel stops a reading whose log never ends.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g := &generated{left: 1 << 50, tasks: 200}
	cancelled := readerFunc(func(p []byte) (int, error) {
		if g.line > 5000 {
			cancel()
		}
		return g.Read(p)
	})
	for _, workers := range []int{1, 3} {
		if _, err := ReadFrom(ctx, "endless", cancelled, Options{Workers: workers}); !errors.Is(err, context.Canceled) {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzRead reads anything: it may fail but neither panic nor hang, and workers make no difference.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"tiny-4.1", "sql-4.1", "tiny-3.5", "failures-4.1.lz4", "skew-4.1.lzf", "spill-4.1.snappy"} {
		text := testFile(f, name)
		f.Add(text[:min(len(text), 8000)])
		if i := bytes.Index(text, []byte(`{"Event":"SparkListenerTaskEnd`)); i >= 0 {
			f.Add(text[i:min(len(text), i+4000)])
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		one, err1 := ReadFrom(t.Context(), "log", bytes.NewReader(text), Options{Workers: 1})
		two, err2 := ReadFrom(t.Context(), "log", bytes.NewReader(text), Options{Workers: 2})
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("one worker: %v; two: %v", err1, err2)
		}
		if err1 != nil {
			return
		}
		if one.Total != two.Total || one.Use != two.Use {
			t.Fatalf("one worker: %+v; two: %+v", one.Total, two.Total)
		}
		for _, finding := range Findings(one) {
			if finding.Text == "" || finding.Advice == "" {
				t.Errorf("%s without words", finding.Kind)
			}
		}
		one.Questions()
	})
}
