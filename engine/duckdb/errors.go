package duckdb

// This file turns DuckDB's errors into Spark's.

import (
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"strings"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

// raisedMark starts a Spark error raised inside SQL: SHOAL:<class>:<parameters in JSON>.
const raisedMark = "SHOAL:"

// prepareError is for a statement DuckDB did not accept: a defect of the translation, mostly.
func prepareError(text string) error { return queryError(bind.ErrorTypeInvalid, text) }

// queryError finds Spark's error for DuckDB's. The client sees the first line of what is unknown,
// the log all of it.
func queryError(kind bind.ErrorType, text string) error {
	if f := raisedInSQL(text); f != nil {
		return f
	}
	full := errors.New(text)
	if f := fileError(text); f != nil {
		return f.Because(full)
	}
	if m := noMemory.FindStringSubmatch(text); m != nil || kind == bind.ErrorTypeOutOfMemory {
		return fault.New("UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", group(m, 1), "receivedBytes", "0").Because(full)
	}
	if diskFull.MatchString(text) {
		return fault.OutOfDisk("the disk is full").Because(full)
	}
	if kind == bind.ErrorTypeInterrupt { // and not because of the query's context
		return errClosed()
	}
	first, _, _ := strings.Cut(text, "\n")
	if beyondCalendar.MatchString(first) {
		return fault.Unsupported("a date or time outside DuckDB's range").Because(full)
	}
	if tooDeep.MatchString(first) {
		return fault.Unsupported("a query that nests as deeply as this one").Because(full)
	}
	if strings.HasPrefix(first, "Not implemented Error: Cannot perform non-inner join on subquery") {
		return fault.Unsupported("this subquery in the condition of a join that keeps rows without a match").Because(full)
	}
	return fault.Internalf("duckdb: %s", first).Because(full)
}

// tooDeep is what DuckDB's parser says of long chains of operators or of set operations.
var tooDeep = regexp.MustCompile(`^Parser Error: (Max expression depth limit|memory exhausted)`)

func group(match []string, i int) string {
	if i < len(match) {
		return match[i]
	}
	return "unknown"
}

// beyondCalendar is what DuckDB says of dates and times that it cannot hold; Spark's go further.
var beyondCalendar = regexp.MustCompile(`(?i)^(out of range|conversion) error: .*(date|timestamp|interval).*(range|bounds)`)

var noMemory = regexp.MustCompile(`^Out of Memory Error: (?:[^\n]*size ([\d.]+ [KMGT]?i?B|[\d.]+ bytes))?`)

// diskFull is what DuckDB says when its own files have no room.
var diskFull = regexp.MustCompile(`^IO Error: Could not write file "[^"]*duckdb_temp_[^"]*": No space left on device`)

var (
	// missingFile and unreadableFile find the file that is gone, or is broken.
	missingFile    = regexp.MustCompile(`(?:No files found that match the pattern|Cannot open file) ["']([^"']+)["'](?:: No such file|\n|$)`)
	unreadableFile = regexp.MustCompile(`(?:No magic bytes found at end of file|Invalid Input Error: File|Failed to read Parquet file|` +
		`Cannot open file|Could not read from file|Failed to read file) ["']([^"']+)["']`)
	// brokenData is what DuckDB says when the inside of a Parquet file is damaged.
	brokenData = regexp.MustCompile(`TProtocolException|TTransportException|don't know what type|[Dd]ecompression failure|` +
		`Snappy|ZSTD|LZ4|GZip|corrupt|Invalid Parquet|Parquet file is not valid`)
)

// fileError is for files that cannot be read; nil when text is about something else.
func fileError(text string) *fault.Error {
	if m := missingFile.FindStringSubmatch(text); m != nil {
		return fault.New("FAILED_READ_FILE.FILE_NOT_EXIST", "path", fileURI(m[1]))
	}
	if m := unreadableFile.FindStringSubmatch(text); m != nil {
		return fault.New("FAILED_READ_FILE.NO_HINT", "path", fileURI(m[1]))
	}
	if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "Invalid Error") && brokenData.MatchString(first) {
		return fault.New("FAILED_READ_FILE.NO_HINT", "path", unknownFile)
	}
	return nil
}

// fileURI is a file that DuckDB names, which was given other spellings of its path (translate.readPath).
func fileURI(name string) string { return "file://" + path.Clean(name) }

// unknownFile stands for the file DuckDB did not name; the stream puts the name in if it reads
// only one.
const unknownFile = "one of those read"

// nameFile completes a file's error from the query's SQL.
func nameFile(err error, sql string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Params["path"] == unknownFile {
		if files := filesInSQL.FindAllStringSubmatch(sql, 2); len(files) == 1 {
			return fault.New(f.Class, "path", fileURI(files[0][1])).Because(f.Err)
		}
	}
	return err
}

var filesInSQL = regexp.MustCompile(`'(/[^']+\.parquet)'`)

// raisedInSQL reads an error that translated SQL or a function of ours has raised.
func raisedInSQL(text string) *fault.Error {
	_, rest, ok := strings.Cut(text, raisedMark)
	if !ok {
		return nil
	}
	class, rest, _ := strings.Cut(rest, ":")
	params := map[string]string{}
	// The text may go on behind the object.
	if err := json.NewDecoder(strings.NewReader(rest)).Decode(&params); err != nil && rest != "" {
		return fault.Internalf("an error %s without parameters", class).Because(errors.New(text))
	}
	if class == "ArithmeticException" {
		return fault.Overflowed(params["type"])
	}
	if class == "" {
		return fault.Illegal("%s", params["message"])
	}
	list := make([]string, 0, 2*len(params))
	for k, v := range params {
		list = append(list, k, v)
	}
	return fault.New(class, list...)
}
