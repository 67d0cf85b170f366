package main

// This file has files say of themselves what is not so, and vanish: guesses may be wrong then, answers may not.

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"shoal/engine"
	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
)

// rowsOf is the answer to a query, as text.
func (b *stopBench) rowsOf(t *testing.T, text string) (string, error) {
	t.Helper()
	conn, err := grpc.NewClient(b.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var rows strings.Builder
	err = sparkclient.New(conn, nil).Execute(context.Background(), sparkclient.SQL(text), func(r *sparkpb.ExecutePlanResponse) error {
		if r.GetArrowBatch() == nil {
			return nil
		}
		in, err := ipc.NewReader(bytes.NewReader(r.GetArrowBatch().GetData()))
		if err != nil {
			return err
		}
		defer in.Release()
		for in.Next() {
			for _, c := range in.RecordBatch().Columns() {
				fmt.Fprintln(&rows, c)
			}
		}
		return in.Err()
	})
	return rows.String(), err
}

// parquetIn is the file that a write has left in a folder.
func parquetIn(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.parquet"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	return files[0]
}

// rewrite has a file say something else of itself in its footer.
func rewrite(t *testing.T, from, to string, change func(*metadata.FileMetaData)) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	const tail = 8 // the footer's length, and PAR1
	size := int(binary.LittleEndian.Uint32(data[len(data)-tail:]))
	begin := len(data) - tail - size
	meta, err := metadata.NewFileMetaData(data[begin:begin+size], nil)
	if err != nil {
		t.Fatal(err)
	}
	change(meta)
	footer, err := meta.Serialize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := append(append([]byte{}, data[:begin]...), footer...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), "PAR1"...)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

// lies are what footers may say that Spark does not go by.
var lies = map[string]func(*metadata.FileMetaData){
	"the truth":      func(*metadata.FileMetaData) {},
	"no rows":        func(m *metadata.FileMetaData) { m.NumRows = 0 },
	"many rows":      func(m *metadata.FileMetaData) { m.NumRows = 1 << 50 },
	"less than none": func(m *metadata.FileMetaData) { m.NumRows = -1 << 62 },
	"small groups": func(m *metadata.FileMetaData) {
		for _, g := range m.RowGroups {
			g.TotalByteSize = 0
			if g.TotalCompressedSize != nil {
				*g.TotalCompressedSize = 1
			}
		}
	},
	"huge groups": func(m *metadata.FileMetaData) {
		for _, g := range m.RowGroups {
			g.TotalByteSize = 1 << 62
		}
	},
	"no statistics": func(m *metadata.FileMetaData) {
		for _, g := range m.RowGroups {
			for _, c := range g.Columns {
				c.MetaData.Statistics = nil
			}
		}
	},
	"other distinct values": func(m *metadata.FileMetaData) {
		for _, g := range m.RowGroups {
			for _, c := range g.Columns {
				if s := c.MetaData.Statistics; s != nil {
					s.DistinctCount = new(int64(1))
				}
			}
		}
	},
}

// TestLyingFooters: whatever a file says of its size, its rows are what they are.
func TestLyingFooters(t *testing.T) {
	b := newStopBench(t)
	b.do("INSERT OVERWRITE DIRECTORY '" + filepath.Join(b.out, "honest") + "' USING parquet " +
		"SELECT id, id % 7 AS k, CASE WHEN id % 5 > 0 THEN CAST(id AS STRING) END AS s FROM range(20000)")
	honest := parquetIn(t, filepath.Join(b.out, "honest"))
	queries := []string{"SELECT count(*) FROM %s", "SELECT count(*), count(s), sum(id), max(s) FROM %s", "SELECT count(*) FROM %s WHERE s IS NULL",
		"SELECT k, count(*) FROM %s GROUP BY k ORDER BY k", "SELECT * FROM %s WHERE id = 777", "SELECT count(*) FROM %s LIMIT 5",
		"SELECT count(DISTINCT s) FROM %s", "SELECT count(*) FROM %s a JOIN %[1]s b ON a.id = b.id"}
	for lie, change := range lies {
		t.Run(lie, func(t *testing.T) {
			dir := filepath.Join(b.out, strings.ReplaceAll(lie, " ", "-"))
			rewrite(t, honest, filepath.Join(dir, "part.parquet"), change)
			for _, q := range queries {
				want, err := b.rowsOf(t, fmt.Sprintf(q, "parquet.`"+filepath.Dir(honest)+"`"))
				if err != nil {
					t.Fatal(err)
				}
				got, err := b.rowsOf(t, fmt.Sprintf(q, "parquet.`"+dir+"`"))
				refused := lie == "less than none" && err != nil && strings.Contains(err.Error(), "FAILED_READ_FILE")
				if !refused && (err != nil || got != want) {
					t.Errorf("%s: %v\n%s\nwant\n%s", q, err, got, want)
				}
			}
		})
	}
}

// guessing is an engine whose estimates are somebody else's; what happens meanwhile is up to them, too.
type guessing struct {
	engine.Engine
	guess func() engine.Estimate
}

func (g guessing) Estimate(engine.Query) engine.Estimate { return g.guess() }

// guesses has the server's engine estimate so.
func (b *stopBench) guesses(guess func() engine.Estimate) {
	b.house.sessions.Router.Engines = []engine.Engine{guessing{b.house.engine, guess}}
}

// TestWildEstimates: whatever is expected, the rows are what they are, and the next query is not the worse for it.
func TestWildEstimates(t *testing.T) {
	b := newStopBench(t)
	for _, n := range []float64{0, -1, 1e300, math.Inf(1), math.Inf(-1), math.NaN()} {
		for _, size := range []int64{0, -1 << 63, 1<<63 - 1} {
			b.guesses(func() engine.Estimate {
				return engine.Estimate{Latency: n, CPUSeconds: n, Bytes: size, PeakMemory: size, Confidence: n}
			})
			for range 2 {
				got, err := b.rowsOf(t, "SELECT count(*), sum(id) FROM range(1000)")
				if want := "[1000]\n[499500]\n"; err != nil || got != want {
					t.Fatalf("expected to take %g s and %d bytes: %q, %v", n, size, got, err)
				}
			}
		}
	}
	for _, u := range b.house.sched.Snapshot().Users {
		if math.IsNaN(u.CPUSeconds) || math.IsInf(u.CPUSeconds, 0) {
			t.Errorf("%s had %g CPU seconds", u.User, u.CPUSeconds)
		}
	}
}

// TestFilesVanish: a file that goes between the estimate and the run is missed, not left out.
func TestFilesVanish(t *testing.T) {
	b := newStopBench(t)
	for i, what := range []string{"gone", "cut short", "another one"} {
		dir := filepath.Join(b.out, fmt.Sprint("two", i))
		b.do("INSERT OVERWRITE DIRECTORY '" + dir + "' USING parquet SELECT id FROM range(10000)")
		one := parquetIn(t, dir)
		data, err := os.ReadFile(one)
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(dir, "other.parquet")
		if err := os.WriteFile(other, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.guesses(func() engine.Estimate {
			switch what {
			case "gone":
				err = os.Remove(other)
			case "cut short":
				err = os.Truncate(other, 100)
			default:
				err = os.WriteFile(other, []byte("PAR1, as it were"), 0o600)
			}
			if err != nil {
				t.Error(err)
			}
			return engine.Estimate{}
		})
		if rows, err := b.rowsOf(t, "SELECT count(*) FROM parquet.`"+dir+"`"); err == nil || !strings.Contains(err.Error(), "FAILED_READ_FILE") {
			t.Errorf("%s: %q, %v", what, rows, err)
		}
		b.guesses(func() engine.Estimate { return engine.Estimate{} })
		if err := os.Remove(other); what != "gone" && err != nil {
			t.Fatal(err)
		}
		if rows, err := b.rowsOf(t, "SELECT count(*) FROM parquet.`"+dir+"`"); err != nil || rows != "[10000]\n" {
			t.Errorf("after it was %s: %q, %v", what, rows, err)
		}
	}
}
