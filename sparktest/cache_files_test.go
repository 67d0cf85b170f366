package sparktest

// This file changes files under the cache of answers, in all the ways there are.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// write puts a text in a file's place.
func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// settle waits until files that were written before are settled by the clock that is [soon].
func settle() { <-time.After(40 * time.Millisecond) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// old gives a file the time that it had.
func old(t *testing.T, file string, change func()) {
	t.Helper()
	was, err := os.Stat(file)
	must(t, err)
	change()
	must(t, os.Chtimes(file, was.ModTime(), was.ModTime()))
}

// changes are ways to make the folder's table another one; it has a.csv with the row 1 and day=2/b.csv with the row 2.
var changes = map[string]func(t *testing.T, dir string){
	"nothing":              func(*testing.T, string) {},
	"written over":         func(t *testing.T, dir string) { write(t, dir+"/day=1/a.csv", "7\n") },
	"written over, larger": func(t *testing.T, dir string) { write(t, dir+"/day=1/a.csv", "777\n") },
	"written over, and its time put back": func(t *testing.T, dir string) {
		old(t, dir+"/day=1/a.csv", func() { write(t, dir+"/day=1/a.csv", "7\n") })
	},
	"replaced by a rename": func(t *testing.T, dir string) {
		write(t, dir+"/day=1/_new", "7\n")
		must(t, os.Rename(dir+"/day=1/_new", dir+"/day=1/a.csv"))
	},
	"replaced by a rename of the same time": func(t *testing.T, dir string) {
		old(t, dir+"/day=1/a.csv", func() {
			write(t, dir+"/day=1/_new", "7\n")
			must(t, os.Rename(dir+"/day=1/_new", dir+"/day=1/a.csv"))
		})
	},
	"a renamed file that is older": func(t *testing.T, dir string) {
		was, err := os.Stat(dir + "/day=1/a.csv")
		must(t, err)
		write(t, dir+"/day=1/_new", "7\n")
		must(t, os.Chtimes(dir+"/day=1/_new", was.ModTime(), was.ModTime()))
		settle()
		must(t, os.Rename(dir+"/day=1/_new", dir+"/day=1/a.csv"))
	},
	"appended": func(t *testing.T, dir string) {
		f, err := os.OpenFile(dir+"/day=1/a.csv", os.O_APPEND|os.O_WRONLY, 0)
		must(t, err)
		_, err = f.WriteString("8\n")
		must(t, err)
		must(t, f.Close())
	},
	"a byte written in the middle": func(t *testing.T, dir string) {
		old(t, dir+"/day=1/a.csv", func() {
			f, err := os.OpenFile(dir+"/day=1/a.csv", os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt([]byte("9"), 0)
			must(t, err)
			must(t, f.Close())
		})
	},
	"cut":                func(t *testing.T, dir string) { must(t, os.Truncate(dir+"/day=1/a.csv", 0)) },
	"deleted":            func(t *testing.T, dir string) { must(t, os.Remove(dir+"/day=1/a.csv")) },
	"all deleted":        func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) },
	"another file":       func(t *testing.T, dir string) { write(t, dir+"/day=1/c.csv", "3\n") },
	"the same once more": func(t *testing.T, dir string) { must(t, os.Link(dir+"/day=1/a.csv", dir+"/day=1/c.csv")) },
	"another link": func(t *testing.T, dir string) {
		write(t, dir+"/day=1/_other", "7\n")
		must(t, os.Remove(dir+"/day=1/a.csv"))
		must(t, os.Symlink(dir+"/day=1/_other", dir+"/day=1/a.csv"))
	},
	"a link's file": func(t *testing.T, dir string) {
		old(t, dir+"/day=1/l.csv", func() { write(t, dir+"/../linked", "6\n") })
	},
	"another partition": func(t *testing.T, dir string) { must(t, os.Rename(dir+"/day=1", dir+"/day=5")) },
	"partitions exchanged": func(t *testing.T, dir string) {
		must(t, os.Rename(dir+"/day=1", dir+"/_day"))
		must(t, os.Rename(dir+"/day=2", dir+"/day=1"))
		must(t, os.Rename(dir+"/_day", dir+"/day=2"))
	},
	"another folder": func(t *testing.T, dir string) {
		must(t, os.Rename(dir, dir+"_old"))
		for _, day := range []string{"/day=1", "/day=2"} {
			must(t, os.MkdirAll(dir+day, 0o755))
		}
		write(t, dir+"/day=1/a.csv", "7\n")
		write(t, dir+"/day=2/b.csv", "2\n")
	},
	"its owner's rights": func(t *testing.T, dir string) { must(t, os.Chmod(dir+"/day=1/a.csv", 0o600)) },
}

// Each change is told by the next query, at once and when it has settled, and with answers that were kept before or not.
func TestChangedFilesAreReadAgain(t *testing.T) {
	for name, change := range changes {
		for _, settled := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s %v", name, settled), func(t *testing.T) {
				t.Parallel()
				k, plain := keep(t, 64<<20), keep(t, 0)
				dir := filepath.Join(t.TempDir(), "t")
				for _, day := range []string{"/day=1", "/day=2"} {
					must(t, os.MkdirAll(dir+day, 0o755))
				}
				write(t, dir+"/day=1/a.csv", "1\n")
				write(t, dir+"/day=2/b.csv", "2\n")
				write(t, dir+"/../linked", "5\n")
				must(t, os.Symlink("../../linked", dir+"/day=1/l.csv"))
				sql := "SELECT * FROM csv.`" + dir + "`"
				if settled {
					settle()
				}
				k.ask(sql)
				if _, reused := k.ask(sql); settled && !reused {
					t.Error("no answer was kept before the change")
				}
				change(t, dir)
				for round := range 4 {
					got, _ := k.ask(sql)
					if want, _ := plain.ask(sql); got != want {
						t.Errorf("round %d: %s\nand without a cache: %s", round, got, want)
					}
					if round == 1 {
						settle()
					}
				}
				if _, reused := k.ask(sql); !reused && name != "all deleted" {
					t.Error("in the end no answer is kept")
				}
			})
		}
	}
}

// A file that is written again within a tick of the clock, as often as that goes.
func TestFilesOfOneTick(t *testing.T) {
	k := keep(t, 64<<20)
	file := filepath.Join(t.TempDir(), "a.csv")
	for i := range 300 {
		text := fmt.Sprint(100 + i)
		old := i%3 == 0 && i > 0
		was, _ := os.Stat(file)
		write(t, file, text+"\n")
		if old {
			must(t, os.Chtimes(file, was.ModTime(), was.ModTime()))
		}
		for range 2 {
			if got, _ := k.ask("SELECT * FROM csv.`" + file + "`"); !strings.HasSuffix(got, "\n"+text) {
				t.Fatalf("%d is not in the answer: %s", 100+i, got)
			}
		}
	}
}

// What is written while a query reads is not in an answer that is kept.
func TestWrittenWhileRead(t *testing.T) {
	k := keep(t, 256<<20)
	file := filepath.Join(t.TempDir(), "a.csv")
	write(t, file, strings.Repeat("1234567,some text\n", 400_000))
	settle()
	sql := "SELECT * FROM csv.`" + file + "`"
	_, rows, err := k.Query(t.Context(), sql)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("1,last\n")
	must(t, err)
	must(t, f.Close())
	for rows.Next() {
	}
	rows.Release()
	if u := k.cache.Usage(); u.Kept != 0 {
		t.Error("an answer was kept whose file changed meanwhile")
	}
	if got, _ := k.ask("SELECT count(*) FROM csv.`" + file + "`"); !strings.HasSuffix(got, "\n400001") {
		t.Errorf("afterwards: %s", got)
	}
}

// Parquet files are read by their footers, which DuckDB keeps, too.
func TestParquetFilesThatChange(t *testing.T) {
	k, plain := keep(t, 64<<20), keep(t, 0)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.parquet")
	at := time.Unix(1_700_000_000, 0)
	for i := range 12 {
		made := filepath.Join(dir, fmt.Sprint("_", i))
		from := i * 10_000
		if got, _ := plain.ask(fmt.Sprintf("INSERT OVERWRITE DIRECTORY '%s' USING parquet SELECT id FROM range(%d, %d)", made, from, from+5000)); strings.Contains(got, "[") {
			t.Fatal(got)
		}
		parts, err := filepath.Glob(made + "/*.parquet")
		if err != nil || len(parts) != 1 {
			t.Fatal(parts, err)
		}
		bytes, err := os.ReadFile(parts[0])
		must(t, err)
		must(t, os.WriteFile(file, bytes, 0o644))
		if i%2 == 0 {
			must(t, os.Chtimes(file, at, at))
		}
		if i%3 == 0 {
			settle()
		}
		for range 2 {
			if got, _ := k.ask(fmt.Sprintf("SELECT count(*) FROM parquet.`%s` WHERE id >= %d", file, from)); !strings.HasSuffix(got, "\n5000") {
				t.Errorf("state %d: %s", i, got)
			}
		}
	}
}

// Random writes beside random queries. Who asks when nobody writes has the answer of a server that keeps none.
func TestRandomWritesBesideQueries(t *testing.T) {
	k, plain := keep(t, 1<<20), keep(t, 0)
	dir := filepath.Join(t.TempDir(), "t")
	must(t, os.MkdirAll(dir, 0o755))
	r := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	queries := []string{"SELECT * FROM csv.`%s`", "SELECT count(*) FROM csv.`%s`", "SELECT sum(_c0) FROM csv.`%s` WHERE _c0 > 3",
		"SELECT a._c0 FROM csv.`%[1]s` AS a JOIN csv.`%[1]s` AS b ON a._c0 = b._c0", "SELECT max(_c0) FROM text.`%[1]s/f0.csv`, csv.`%[1]s`",
		"SELECT * FROM range(3) WHERE id IN (SELECT _c0 FROM csv.`%s`)", "INSERT INTO t SELECT count(*) FROM csv.`%s`", "SELECT * FROM t"}
	k.ask("CREATE TABLE t (n BIGINT)")
	plain.ask("CREATE TABLE t (n BIGINT)")
	for round := range 60 {
		var writers sync.WaitGroup
		for range 1 + r.IntN(3) {
			file, text, how := filepath.Join(dir, fmt.Sprintf("f%d.csv", r.IntN(4))), fmt.Sprint(r.IntN(10), "\n"), r.IntN(5)
			writers.Go(func() { randomWrite(t, file, text, how) })
		}
		for range 3 {
			k.ask(fmt.Sprintf(queries[r.IntN(6)], dir)) // which sees some of it
		}
		writers.Wait()
		if r.IntN(2) == 0 {
			settle()
		}
		for range 4 {
			sql := queries[r.IntN(len(queries))]
			if strings.Contains(sql, "%") {
				sql = fmt.Sprintf(sql, dir)
			}
			got, reused := k.ask(sql)
			if want, _ := plain.ask(sql); got != want {
				t.Fatalf("round %d: %s\n%s\nand without a cache: %s\nit was kept: %v", round, sql, got, want, reused)
			}
		}
	}
	if u := k.cache.Usage(); u.Hits == 0 || u.Misses == 0 {
		t.Errorf("nothing was tried: %+v", u)
	}
}

// randomWrite changes a file in one of some ways. Others may change it, too.
func randomWrite(t *testing.T, file, text string, how int) {
	was, err := os.Stat(file)
	switch how {
	case 0:
		os.Remove(file)
		return
	case 1:
		f, err := os.CreateTemp(filepath.Dir(file), "_")
		must(t, err)
		f.WriteString(text)
		must(t, f.Close())
		os.Rename(f.Name(), file)
	case 2:
		if f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0); err == nil {
			f.WriteString(text)
			f.Close()
		}
	default:
		write(t, file, text)
	}
	if err == nil && how == 4 {
		os.Chtimes(file, was.ModTime(), was.ModTime())
	}
}
