// Package fault is the error vocabulary of Shoal: what a Spark client sees when
// something is wrong. An [Error] has Spark's error condition (its class), SQLSTATE,
// message parameters and query context; package connect alone turns it into gRPC.
// Conditions are the tables of conditions.go and conditions_analysis.go: to add one, add a line there.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"shoal/plan"
)

// Error is what a Spark client sees. Err is for our log only.
type Error struct {
	Class    string            // Spark's error condition, "UNRESOLVED_COLUMN.WITH_SUGGESTION"; a few errors have none
	SQLState string            // five characters, may be ""
	Kind     Kind              // which exception the client raises
	Params   map[string]string // Spark's message parameters
	Message  string            // rendered, without class, SQLSTATE and context
	Context  []Context
	Err      error
}

// Context is the piece of the query an error is about.
type Context struct {
	Pos plan.Pos
	// Fragment and CallSite describe DataFrame code, where there is no text.
	Fragment, CallSite string
}

// Error is the message as Spark formats it: [CLASS] text SQLSTATE: state, then
// the query context.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Class != "" {
		b.WriteString("[" + e.Class + "] ")
	}
	b.WriteString(e.Message)
	if e.SQLState != "" {
		fmt.Fprintf(&b, " SQLSTATE: %s", e.SQLState)
	}
	for _, c := range e.Context {
		b.WriteString(c.summary(e.Kind == Parse))
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a condition that is listed; params alternate
// name, value. An unlisted condition is a programming error and becomes INTERNAL_ERROR.
func New(class string, params ...string) *Error {
	c, ok := conditions[class]
	if !ok {
		c, ok = analysisConditions[class]
	}
	if !ok {
		return &Error{Class: "INTERNAL_ERROR", SQLState: "XX000", Kind: Internal,
			Message: "unlisted error condition " + class}
	}
	e := &Error{Class: class, SQLState: c.state, Kind: c.kind, Params: make(map[string]string, len(params)/2), Message: c.message}
	for i := 0; i+1 < len(params); i += 2 {
		e.Params[params[i]] = params[i+1]
		e.Message = strings.ReplaceAll(e.Message, "<"+params[i]+">", params[i+1])
	}
	if class == "CAST_INVALID_INPUT" {
		e.Kind = castKind(e.Params["targetType"])
	}
	return e
}

// castKind is what Spark raises when a text is no value of a type.
func castKind(target string) Kind {
	switch strings.Trim(target, `"`) {
	case "DATE", "TIMESTAMP", "TIMESTAMP_NTZ":
		return DateTime
	case "BOOLEAN":
		return Runtime
	default:
		return NumberFormat
	}
}

// At adds the place in the query text, if pos has one.
func (e *Error) At(pos plan.Pos) *Error {
	switch {
	case pos.Src == nil:
	case pos.Src.CallSite != "":
		e.Context = append(e.Context, Context{Fragment: pos.Src.Fragment, CallSite: pos.Src.CallSite})
	default:
		e.Context = append(e.Context, Context{Pos: pos})
	}
	return e
}

// Because records the cause, for the log.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Unsupported says that Shoal's own engine does not do this; it is the analyzer's outcome
// "unknown": with a Spark server attached, the query runs there instead.
func Unsupported(format string, args ...any) *Error {
	return New("UNSUPPORTED_FEATURE", "reason", fmt.Sprintf(format, args...))
}

// IsUnsupported tells whether err means "not here, but perhaps on Spark".
func IsUnsupported(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == "UNSUPPORTED_FEATURE"
}

// BadPlan is a request no client should send; Spark Connect reports it as INTERNAL_ERROR, too.
func BadPlan(format string, args ...any) *Error {
	e := New("INTERNAL_ERROR", "message", fmt.Sprintf(format, args...))
	e.Kind = InvalidPlan
	return e
}

// Illegal is an argument for which Spark has no condition.
func Illegal(format string, args ...any) *Error {
	return &Error{Kind: IllegalArgument, Message: fmt.Sprintf(format, args...)}
}

// Unreachable says that what a query needs cannot be reached now; the query may be tried again.
func Unreachable(format string, args ...any) *Error {
	return &Error{SQLState: "08001", Kind: Spark, Message: fmt.Sprintf(format, args...)}
}

// Overflowed is Java's own exception for integers that do not fit, for which Spark has no condition.
func Overflowed(what string) *Error {
	return &Error{Kind: Arithmetic, Message: what + " overflow"}
}

// OutOfMemory ends a query while the process holds more memory than it may, in bytes.
func OutOfMemory(held, most int64) *Error {
	return New("UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", gib(held), "receivedBytes", gib(most))
}

// OutOfDisk ends a query that was too large for memory, and for the disk too; Spark has no condition of its own for that.
func OutOfDisk(what string) *Error {
	e := New("UNABLE_TO_ACQUIRE_MEMORY")
	e.Message = "The query needs more memory than it may have (the server's --memory-limit), and more disk than there is for what it spills: " + what + "."
	return e
}

// Spilled is OutOfDisk where queries have spilled more than may lie on disk, in bytes.
func Spilled(held, most int64) *Error {
	return OutOfDisk(fmt.Sprintf("%s have been spilled, of which %s may be", gib(held), gib(most)))
}

func gib(bytes int64) string { return fmt.Sprintf("%.2f GiB", float64(bytes)/(1<<30)) }

// IsOutOfMemory tells whether a query failed for want of memory: another engine may have more.
func IsOutOfMemory(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == "UNABLE_TO_ACQUIRE_MEMORY"
}

// Skipped is err, unless it is about a file that cannot be read and a query that asked Spark to go on
// without such files, as settings or a reader's options may: which files those are only Spark knows.
func Skipped(err error, s plan.Settings, options map[string]string) error {
	var e *Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Class, "FAILED_READ_FILE.") {
		return err
	}
	key := "ignoreCorruptFiles"
	if e.Class == "FAILED_READ_FILE.FILE_NOT_EXIST" {
		key = "ignoreMissingFiles"
	}
	value, given := options[strings.ToLower(key)]
	if !given {
		value, _ = s.Get("spark.sql.files." + key)
	}
	if !strings.EqualFold(value, "true") {
		return err
	}
	return Unsupported("%s, which skips %s", key, e.Params["path"]).Because(err)
}

// Internalf is a defect of ours.
func Internalf(format string, args ...any) *Error {
	return New("INTERNAL_ERROR", "message", fmt.Sprintf(format, args...))
}

// Summary is the context as getQueryContext() tells it.
func (c Context) Summary() string { return strings.TrimPrefix(c.summary(false), "\n") }

// maxShown is the longest text that a message repeats, in bytes.
const maxShown = 64 << 10

// summary is Spark's query context: a header, the line, and carets under the piece.
func (c Context) summary(parse bool) string {
	src := c.Pos.Src
	if src == nil {
		if c.Fragment == "" {
			return ""
		}
		return fmt.Sprintf("\n== DataFrame ==\n\"%s\" was called from\n%s\n", c.Fragment, c.CallSite)
	}
	text := src.Text
	start, stop := clamp(c.Pos.Start, len(text)), clamp(c.Pos.Stop, len(text))
	line, col := LineCol(text, start)
	header := "\n== SQL"
	if src.ObjectType != "" {
		header += " of " + src.ObjectType + " " + src.ObjectName
	}
	if parse {
		header = fmt.Sprintf(" (line %d, pos %d)\n\n== SQL ==\n", line, col)
	} else {
		header += fmt.Sprintf(" (line %d, position %d) ==\n", line, col+1)
	}
	var b strings.Builder
	b.WriteString(header)
	if len(text) > maxShown {
		fmt.Fprintf(&b, "(a text of %d bytes)\n", len(text))
		return b.String()
	}
	offset := 0
	for _, l := range strings.SplitAfter(text, "\n") {
		end := offset + len(strings.TrimRight(l, "\r\n"))
		b.WriteString(text[offset:end] + "\n")
		switch {
		case parse && offset <= start && start <= end:
			b.WriteString(strings.Repeat("-", width(text[offset:start])) + "^^^\n")
		case !parse && start < end && stop > offset:
			from, to := max(start, offset), min(stop, end)
			b.WriteString(strings.Repeat(" ", width(text[offset:from])) + strings.Repeat("^", max(width(text[from:to]), 1)) + "\n")
		}
		offset += len(l)
	}
	return b.String()
}

// LineCol is the 1-based line and 0-based column of a byte offset. Columns are counted as in Java, in
// UTF-16 code units.
func LineCol(text string, offset int) (line, col int) {
	before := text[:clamp(offset, len(text))]
	line = strings.Count(before, "\n") + 1
	return line, width(before[strings.LastIndexByte(before, '\n')+1:])
}

func width(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func clamp(n, limit int) int { return max(0, min(n, limit)) }
