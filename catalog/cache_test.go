package catalog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"shoal/plan"
)

func TestChangedFileIsReadAgain(t *testing.T) {
	dir := tree(t)
	path := filepath.Join(dir, "x.csv")
	c := New(Options{AllowedPaths: []string{dir}})
	read := &plan.Read{Format: "csv", Paths: []string{path}, Options: map[string]string{"header": "true", "inferschema": "true"}}
	for i, want := range []plan.Type{plan.Int, plan.Double} {
		if err := os.WriteFile(path, []byte([]string{"a\n1\n", "a\n1.5\n"}[i]), 0o644); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(1000+int64(i), 0)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			scan, err := c.Scan(context.Background(), read, utc)
			if err != nil || scan.Out[0].Type != want {
				t.Errorf("state %d: got %v, %v, want %v", i, scan, err, want)
			}
		}
	}
}

func TestConcurrentScans(t *testing.T) {
	c := testCatalog(t)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for _, path := range []string{"types/ints.parquet", "parts/int_long", "csv/infer.csv"} {
				read := &plan.Read{Format: "parquet", Paths: []string{filepath.Join(files(t), path)}, Options: map[string]string{}}
				if filepath.Ext(path) == ".csv" {
					read.Format, read.Options = "csv", map[string]string{"header": "true", "inferschema": fmt.Sprint(i%2 == 0)}
				}
				scan, err := c.Scan(context.Background(), read, utc)
				if err != nil {
					t.Error(err)
					continue
				}
				scan.Out[0].ID = plan.ColumnID(i) // nothing is shared with other scans
			}
		})
	}
	all.Wait()
}

func TestCancelledScan(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := testCatalog(t).Scan(ctx, &plan.Read{Format: "parquet", Paths: []string{filepath.Join(files(t), "parts/all")}}, utc)
	if err == nil {
		t.Error("a cancelled scan went through")
	}
}

// tomorrow is a clock by which every file has been as it is for long.
func tomorrow() time.Time { return time.Now().Add(24 * time.Hour) }

// Files that were put in the place of others of the same size, with the same time, are other files.
func TestReplacedFileIsReadAgain(t *testing.T) {
	at := time.Unix(1_700_000_000, 5)
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for name, replace := range map[string]func(path, text string){
		"written over": write,
		"renamed": func(path, text string) {
			write(path+".new", text)
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
		"another link": func(path, text string) {
			write(path+".new", text)
			os.Remove(path)
			if err := os.Symlink(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for _, now := range []func() time.Time{time.Now, tomorrow} {
			t.Run(name, func(t *testing.T) {
				dir := tree(t)
				path := filepath.Join(dir, "x.csv")
				c := New(Options{AllowedPaths: []string{dir}, Now: now})
				read := &plan.Read{Format: "csv", Paths: []string{path}, Options: map[string]string{"inferschema": "true"}}
				write(path, "12\n")
				for i, want := range []plan.Type{plan.Int, plan.String, plan.Double} {
					if i > 0 {
						time.Sleep(20 * time.Millisecond) // more than a tick: tomorrow's clock takes all for settled
						replace(path, []string{"ab\n", ".5\n"}[i-1])
					}
					scan, err := c.Scan(t.Context(), read, utc)
					if err != nil || scan.Out[0].Type != want {
						t.Fatalf("state %d: got %v, %v, want %v", i, scan, err, want)
					}
				}
			})
		}
	}
}

// What is read of a file that has just been written is not kept: within a tick of the clock it may be written again.
func TestFreshFilesAreNotRemembered(t *testing.T) {
	dir := tree(t)
	path := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(path, []byte("a\n1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	read := &plan.Read{Format: "csv", Paths: []string{path}, Options: map[string]string{"inferschema": "true"}}
	yesterday := func() time.Time { return time.Now().Add(-24 * time.Hour) } // by which all files are fresh
	for kept, now := range []func() time.Time{yesterday, tomorrow} {
		c := New(Options{AllowedPaths: []string{dir}, Now: now})
		scan, err := c.Scan(t.Context(), read, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.inferred.entries); got != kept {
			t.Errorf("%d schemas are kept, not %d", got, kept)
		}
		if got := c.Unchanged(scan.Files[0]); got != (kept == 1) {
			t.Errorf("the file is certain to be as it was: %v", got)
		}
	}
}

// BenchmarkScanCached: a folder of 1,000 files seen before; the cost of a file is ns/op / 1000.
func BenchmarkScanCached(b *testing.B) {
	dir := b.TempDir()
	data, err := os.ReadFile(filepath.Join(files(b), "types/ints.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.parquet", i)), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	c := New(Options{AllowedPaths: []string{dir}, Now: tomorrow})
	read := &plan.Read{Format: "parquet", Paths: []string{dir}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Scan(context.Background(), read, utc); err != nil {
			b.Fatal(err)
		}
	}
}
