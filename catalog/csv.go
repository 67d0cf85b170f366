package catalog

// This file finds the columns of CSV files: names from the header, types by inference.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"shoal/fault"
	"shoal/plan"
)

// csvTakes tells which types a CSV column may have.
func csvTakes(t plan.Type) bool {
	switch t.(type) {
	case plan.Array, plan.Map, plan.Struct, plan.Unsupported:
		return false
	}
	return true
}

// csvPlain are options whose default we follow; any other value is refused.
var csvPlain = map[string][]string{
	"dateformat":                    {"yyyy-MM-dd"},
	"timestampformat":               {},
	"timestampntzformat":            {},
	"linesep":                       {"\n"},
	"samplingratio":                 {"1.0", "1"},
	"locale":                        {"en-US"},
	"chartoescapequoteescaping":     {},
	"unescapedquotehandling":        {"STOP_AT_DELIMITER"},
	"enabledatetimeparsingfallback": {},
	"columnnameofcorruptrecord":     {},
	"compression":                   {},
	"modifiedbefore":                {},
	"modifiedafter":                 {},
}

func checkCSV(r *plan.Read) error {
	for _, name := range slices.Sorted(maps.Keys(csvPlain)) {
		if v, ok := r.Options[name]; ok && !slices.Contains(csvPlain[name], v) {
			return fault.Unsupported("the CSV option %s", name)
		}
	}
	for _, name := range []string{"encoding", "charset"} {
		if v, ok := r.Options[name]; ok && !strings.EqualFold(v, "utf-8") && !strings.EqualFold(v, "us-ascii") {
			return fault.Unsupported("CSV in the encoding %s", v)
		}
	}
	_, err := newDialect(r.Options)
	return err
}

// dialect is how a CSV file is written.
type dialect struct {
	delimiter             string
	quote, escape         byte // 0: none
	comment               byte // 0: none
	nullValue             string
	header, infer         bool
	multiLine, preferDate bool
	trimLeft, trimRight   bool
	numbers               []string // spellings of NaN and infinities
}

func newDialect(options map[string]string) (*dialect, error) {
	d := &dialect{delimiter: ",", quote: '"', escape: '\\', preferDate: true, numbers: []string{"NaN", "Inf", "-Inf"}}
	for _, name := range []string{"delimiter", "sep"} {
		if v, ok := options[name]; ok {
			var err error
			if d.delimiter, err = delimiter(v); err != nil {
				return nil, err
			}
		}
	}
	for name, to := range map[string]*byte{"quote": &d.quote, "escape": &d.escape, "comment": &d.comment} {
		if v, ok := options[name]; ok {
			if len(v) > 1 {
				return nil, fault.New("_LEGACY_ERROR_TEMP_2145", "paramName", name)
			}
			*to = 0
			if len(v) == 1 {
				*to = v[0]
			}
		}
	}
	for name, to := range map[string]*bool{"header": &d.header, "inferschema": &d.infer, "multiline": &d.multiLine,
		"preferdate": &d.preferDate, "ignoreleadingwhitespace": &d.trimLeft, "ignoretrailingwhitespace": &d.trimRight} {
		if v, ok := options[name]; ok {
			*to = strings.EqualFold(v, "true")
			if !*to && !strings.EqualFold(v, "false") {
				return nil, fault.New("_LEGACY_ERROR_TEMP_2147", "paramName", csvFlags[name])
			}
		}
	}
	d.nullValue = options["nullvalue"]
	for i, name := range []string{"nanvalue", "positiveinf", "negativeinf"} {
		if v, ok := options[name]; ok {
			d.numbers[i] = v
		}
	}
	return d, nil
}

// csvFlags spells the yes-or-no options as messages do.
var csvFlags = map[string]string{"header": "header", "inferschema": "inferSchema", "multiline": "multiLine",
	"preferdate": "preferDate", "ignoreleadingwhitespace": "ignoreLeadingWhiteSpace", "ignoretrailingwhitespace": "ignoreTrailingWhiteSpace"}

// delimiter reads Spark's escapes: \t and the like stand for one character.
func delimiter(text string) (string, error) {
	if text == "" {
		return "", badArgument("the delimiter is empty")
	}
	if !strings.Contains(text, `\`) || text == `\` {
		return text, nil
	}
	out := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\"`, `"`, `\'`, `'`, `\u0000`, "\x00").Replace(text)
	return out, nil
}

// csvSchema is remembered for the state of all files together.
func (q *query) csvSchema(files []plan.File) (plan.Struct, error) {
	d, err := newDialect(q.read.Options)
	if err != nil {
		return plan.Struct{}, err
	}
	hash := sha256.New()
	io.WriteString(hash, fingerprint(files))
	for _, name := range slices.Sorted(maps.Keys(q.read.Options)) {
		io.WriteString(hash, strconv.Quote(name)+strconv.Quote(q.read.Options[name]))
	}
	if q.settings.CaseSensitive {
		io.WriteString(hash, "case")
	}
	key := hex.EncodeToString(hash.Sum(nil))
	if s, ok := q.c.inferred.get(key, stamp{}); ok {
		return plan.Struct{Fields: slices.Clone(s.Fields)}, nil
	}
	s, err := q.inferCSV(files, d)
	if err == nil {
		q.c.inferred.put(key, stamp{}, s)
	}
	return plan.Struct{Fields: slices.Clone(s.Fields)}, err
}

// inferCSV takes the names from one file, the types from all.
func (q *query) inferCSV(files []plan.File, d *dialect) (plan.Struct, error) {
	first, line, err := d.firstRecord(headerFile(files, d.multiLine))
	if err != nil || first == nil {
		return plan.Struct{}, err
	}
	names := d.names(first, q.settings.CaseSensitive)
	types := make([]plan.Type, len(names))
	for i := range types {
		types[i] = plan.String
	}
	if d.infer {
		if types, err = q.inferTypes(files, d, line, len(names)); err != nil {
			return plan.Struct{}, err
		}
	}
	out := plan.Struct{Fields: make([]plan.Field, len(names))}
	for i, n := range names {
		out.Fields[i] = plan.Field{Name: n, Type: types[i], Nullable: true}
	}
	return out, nil
}

// headerFile is the file Spark happens to read first: the largest, or the first where a file is
// read as a whole.
func headerFile(files []plan.File, multiLine bool) plan.File {
	if multiLine {
		return firstByPath(files)
	}
	return slices.MaxFunc(files, func(a, b plan.File) int { return int(min(max(a.Size-b.Size, -1), 1)) })
}

// names makes a header's names usable: empty ones get _c0, _c1, ..., equal ones their position.
func (d *dialect) names(first []string, caseSensitive bool) []string {
	fold := func(s string) string {
		if caseSensitive {
			return s
		}
		return strings.ToLower(s)
	}
	count := map[string]int{}
	for _, n := range first {
		count[fold(n)]++
	}
	out := make([]string, len(first))
	for i, n := range first {
		switch {
		case !d.header || n == "" || n == d.nullValue:
			out[i] = "_c" + strconv.Itoa(i)
		case count[fold(n)] > 1:
			out[i] = n + strconv.Itoa(i)
		default:
			out[i] = n
		}
		out[i] = strings.ToValidUTF8(out[i], "\uFFFD")
	}
	return out
}

// inferTypes reads all files, several at a time.
func (q *query) inferTypes(files []plan.File, d *dialect, header string, columns int) ([]plan.Type, error) {
	found := make([][]plan.Type, len(files))
	var g errgroup.Group
	g.SetLimit(4)
	for i, f := range files {
		g.Go(func() error {
			in := newInference(d, columns)
			n := 0
			err := d.records(f.Path, func(line string, record []string) error {
				if n++; n%4096 == 0 && q.ctx.Err() != nil {
					return q.ctx.Err()
				}
				if isHeader := d.header && (d.multiLine && n == 1 || !d.multiLine && line == header); !isHeader {
					in.add(record)
				}
				return nil
			})
			found[i] = in.types
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := found[0]
	for _, types := range found[1:] {
		for i, t := range types {
			out[i] = compatible(out[i], t)
		}
	}
	for i, t := range out {
		if t == plan.Null {
			out[i] = plan.String
		}
	}
	return out, nil
}

// firstRecord is nil for a file without one; line is its text.
func (d *dialect) firstRecord(f plan.File) (record []string, line string, err error) {
	stop := errors.New("stop")
	err = d.records(f.Path, func(l string, r []string) error {
		line, record = l, slices.Clone(r)
		return stop
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return record, line, err
}

// open reads a file, unpacked if its name says that it is packed.
func open(path string) (in io.Reader, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, missing(path, err)
	}
	done = func() { f.Close() }
	switch ext := filepath.Ext(path); ext {
	case ".gz":
		if in, err = gzip.NewReader(f); err != nil {
			err = fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(err)
		}
	case ".bz2", ".zst", ".snappy", ".lz4", ".deflate", ".xz":
		err = fault.Unsupported("CSV files compressed as %s", ext)
	default:
		in = f
	}
	if err != nil {
		done()
	}
	return in, done, err
}

// records calls visit for each record of a file; the slice is used again for the next.
func (d *dialect) records(path string, visit func(line string, record []string) error) error {
	in, done, err := open(path)
	if err != nil {
		return err
	}
	defer done()
	if d.multiLine {
		return d.wholeRecords(in, visit)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 256<<10), maxLine)
	lines.Split(splitLines)
	var record []string
	for n := 0; lines.Scan(); n++ {
		line := lines.Text()
		if n == 0 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if d.skips(line) {
			continue
		}
		record, _ = d.parse(record[:0], line)
		if err := visit(line, record); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(err)
	}
	return nil
}

// maxLine bounds a line of a CSV file.
const maxLine = 64 << 20

// wholeRecords parses a file whose records may span lines.
func (d *dialect) wholeRecords(in io.Reader, visit func(string, []string) error) error {
	data, err := io.ReadAll(in)
	if err != nil {
		return fault.Internalf("a CSV file cannot be read").Because(err)
	}
	rest := strings.TrimPrefix(string(data), "\ufeff")
	var record []string
	for rest != "" {
		end := strings.IndexAny(rest, "\r\n")
		if line := rest[:max(end, 0)]; end >= 0 && d.skips(line) {
			rest = rest[end+1:]
			continue
		}
		used := 0
		record, used = d.parse(record[:0], rest)
		if err := visit(rest[:used], record); err != nil {
			return err
		}
		rest = rest[used:]
	}
	return nil
}

// skips tells blank lines and comments.
func (d *dialect) skips(line string) bool {
	return strings.TrimFunc(line, func(r rune) bool { return r <= ' ' }) == "" || d.comment != 0 && line[0] == d.comment
}

// splitLines ends lines at \n, \r\n and \r.
func splitLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if atEOF && len(data) == 0 {
		return 0, nil, nil
	}
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0 && atEOF:
		return len(data), data, nil
	case i < 0, data[i] == '\r' && i+1 == len(data) && !atEOF:
		return 0, nil, nil // the end, or \r's \n, is still to come
	case data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n':
		return i + 2, data[:i], nil
	default:
		return i + 1, data[:i], nil
	}
}
