package sparksql

import (
	"sort"
	"strings"

	"shoal/plan"
)

// Print writes an expression as Spark SQL that [ParseExpr] reads back as the same tree.
func Print(e plan.Expr) string {
	var w printer
	w.expr(e, precNone)
	return w.String()
}

// PrintStatement writes a statement as Spark SQL that [Parse] reads back as the same tree. Nodes that
// only say what they stand for (OpaqueRelation, OpaqueCommand, Opaque) are copied from the text they
// were read from; those from DataFrame code become comments.
func PrintStatement(s plan.Statement) string {
	var w printer
	w.statement(s)
	return w.String()
}

// PrintType writes a data type as [ParseType] reads it, comments of fields included.
func PrintType(t plan.Type) string {
	var w printer
	w.dataType(t)
	return w.String()
}

// printer collects text; its methods mirror the parser's.
type printer struct{ strings.Builder }

func (w *printer) puts(parts ...string) {
	for _, s := range parts {
		w.WriteString(s)
	}
}

// opaque writes a node of which nothing more than its text is known.
func (w *printer) opaque(at plan.Pos, what, otherwise string) {
	if at.Src == nil {
		w.puts("/* ", what, " */ ", otherwise)
		return
	}
	w.puts(at.Src.Text[at.Start:at.Stop])
}

// list writes items with a separator between.
func list[T any](w *printer, items []T, separator string, one func(T)) {
	for i, item := range items {
		if i > 0 {
			w.puts(separator)
		}
		one(item)
	}
}

func (w *printer) ident(name string) { w.puts(quoteIdent(name)) }

// quoteIdent back-quotes a name that the parser could take for something else.
func quoteIdent(name string) string {
	if name == "" || isDigit(name[0]) || !standsBare(lookup(name)) {
		return plan.Quote(name)
	}
	for i := 0; i < len(name); i++ {
		if !isWordByte(name[i]) {
			return plan.Quote(name)
		}
	}
	return name
}

// standsBare tells whether a word needs no back-quotes anywhere: all that are no keywords, and some of
// those that are common names.
func standsBare(k kind) bool {
	switch k {
	case tIdent, kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kDate, kTimestamp, kName, kType, kLocation, kComment,
		kMax, kPosition, kFirst, kLast, kLevel, kList, kFormat, kColumn, kQuery, kRole, kTime, kView, kDatabase:
		return true
	}
	return false
}

func (w *printer) name(parts []string) { list(w, parts, ".", w.ident) }

func (w *printer) idents(names []string) {
	w.puts("(")
	list(w, names, ", ", w.ident)
	w.puts(")")
}

// quote writes a string literal.
func (w *printer) quote(s string) {
	w.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'', '\\':
			w.WriteByte('\\')
			w.WriteByte(c)
		case '\n':
			w.puts(`\n`)
		case '\r':
			w.puts(`\r`)
		case 0:
			w.puts(`\0`)
			if i+1 < len(s) && isOctal(s[i+1]) {
				w.puts("' '") // \0 and a digit would be an octal code
			}
		default:
			w.WriteByte(c)
		}
	}
	w.WriteByte('\'')
}

// properties writes (key 'value', ...), in the order of the keys.
func (w *printer) properties(m map[string]string) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	w.puts("(")
	list(w, keys, ", ", func(k string) {
		w.quote(k)
		w.puts(" = ")
		w.quote(m[k])
	})
	w.puts(")")
}
