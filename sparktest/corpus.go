// Package sparktest holds the truth: what real Spark 4.1.4 answers, recorded in corpus/, and the
// runner that holds an engine to it. README.md describes the files. The entry point is [Run]; the
// package knows no engine, only the [Session] its caller opens, and it never writes expected rows.
package sparktest

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

//go:embed corpus
var embedded embed.FS

// File is one corpus file: the settings of its session, and its records in order.
type File struct {
	Path    string // below corpus: "operators/logic.txt"
	Header  map[string]string
	Records []*Record
}

// Record is one case.
type Record struct {
	Kind     string // statement, query, error
	Options  map[string]string
	SQL      string
	Expected []string // the lines below ----
	Line     int      // of the record's first line, from 1
}

// Only tells whether the case is a known gap, which the inner engine must refuse.
func (r *Record) Only() bool { return r.Options["only"] == "spark" }

// Local tells whether the answer is that of one process: it depends on the order of partitions, or on where the catalog is kept.
func (r *Record) Local() bool {
	_, local := r.Options["local"]
	return local
}

// Recorded tells whether the oracle has run the case.
func (r *Record) Recorded() bool { return r.Kind == "statement" || r.Expected != nil }

// Rows are the expected lines after the schema.
func (r *Record) Rows() []string { return r.Expected[min(1, len(r.Expected)):] }

// Python tells whether the cases are for a PySpark client (tools/oracle_replay.py), not for [Run].
func (f *File) Python() bool { return f.Header["lang"] == "python" }

// Conf is the session's settings, by Spark's names.
func (f *File) Conf() map[string]string {
	conf := map[string]string{
		"spark.sql.session.timeZone": "UTC",
		"spark.sql.ansi.enabled":     "true",
	}
	for key, value := range f.Header {
		switch {
		case key == "tz":
			conf["spark.sql.session.timeZone"] = value
		case key == "ansi":
			conf["spark.sql.ansi.enabled"] = value
		case strings.HasPrefix(key, "spark."):
			conf[key] = value
		}
	}
	return conf
}

// Load reads all files of the corpus, sorted by path.
func Load() ([]*File, error) {
	var files []*File
	err := fs.WalkDir(embedded, "corpus", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".txt") {
			return err
		}
		text, err := embedded.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parse(strings.TrimPrefix(path, "corpus/"), string(text))
		files = append(files, f)
		return err
	})
	return files, err
}

func parse(path, text string) (*File, error) {
	f := &File{Path: path}
	lines := append(strings.Split(text, "\n"), "")
	start := 0
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			continue
		}
		if i > start {
			if err := f.block(lines[start:i], start+1); err != nil {
				return nil, err
			}
		}
		start = i + 1
	}
	if f.Header == nil {
		return nil, fmt.Errorf("%s: no oracle line", path)
	}
	return f, nil
}

// block reads one block of lines, the first of which has the given number.
func (f *File) block(lines []string, number int) error {
	for len(lines) > 0 && strings.HasPrefix(lines[0], "#") {
		lines, number = lines[1:], number+1
	}
	if len(lines) == 0 {
		return nil
	}
	first, _, _ := strings.Cut(lines[0], " #")
	words := strings.Fields(first)
	options := map[string]string{}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		options[key] = value
	}
	if words[0] == "oracle" {
		f.Header = options
		return nil
	}
	if f.Header == nil || !slices.Contains([]string{"statement", "query", "error"}, words[0]) {
		return fmt.Errorf("%s:%d: want statement, query or error after an oracle line", f.Path, number)
	}
	r := &Record{Kind: words[0], Options: options, Line: number}
	body := lines[1:]
	if cut := slices.Index(body, "----"); cut >= 0 {
		body, r.Expected = body[:cut], body[cut+1:]
	}
	r.SQL = strings.Join(body, "\n")
	f.Records = append(f.Records, r)
	return nil
}

// mark sets or clears only=spark on records of a file on disk, and changes nothing else.
func mark(path string, gaps map[int]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	for number, gap := range gaps {
		line := lines[number-1]
		first, comment, commented := strings.Cut(line, " #")
		words := slices.DeleteFunc(strings.Fields(first), func(w string) bool { return w == "only=spark" })
		if gap {
			words = append(words, "only=spark")
		}
		line = strings.Join(words, " ")
		if commented {
			line += " #" + comment
		}
		lines[number-1] = line
	}
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644)
}
