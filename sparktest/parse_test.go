package sparktest

import (
	"strings"
	"testing"

	"shoal/fault"
	"shoal/sparksql"
)

// TestParser holds the parser alone to the corpus: what Spark's parser refuses it refuses alike,
// and it takes all the rest (or says that it does not know it).
func TestParser(t *testing.T) {
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Python() || f.Header["spark.sql.ansi.doubleQuotedIdentifiers"] == "true" {
			continue // no text that the parser would be given
		}
		t.Run(strings.TrimSuffix(f.Path, ".txt"), func(t *testing.T) {
			for _, r := range f.Records {
				if r.Recorded() {
					parseRecord(t, f, r)
				}
			}
		})
	}
}

func parseRecord(t *testing.T, f *File, r *Record) {
	text := substitute(r.SQL)
	if strings.Contains(text, "${") {
		return // what it says depends on the session's confs
	}
	_, err := sparksql.Parse(text)
	wanted := r.Kind == "error" && strings.HasSuffix(r.Expected[0], " ParseException")
	var v Verdict
	switch {
	case err == nil && !wanted, fault.IsUnsupported(err):
		return
	case err == nil && strings.HasPrefix(r.Expected[0], "INVALID_INLINE_TABLE."):
		return // the analyzer's: it knows which calls stand for a row
	case err == nil && strings.Contains(r.Expected[len(r.Expected)-1], "in EXECUTE IMMEDIATE"):
		return // an error of the text it runs
	case err == nil:
		v = Verdict{Outcome: MissedError, Want: strings.Join(r.Expected, "\n")}
	default:
		v = judgeError(r, err)
	}
	if v.failed() {
		v.File, v.Line, v.SQL = f.Path, r.Line, r.SQL
		t.Error(v.String())
	}
}
