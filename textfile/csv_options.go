package textfile

// This file holds the options of CSV.

import (
	"strings"

	"shoal/fault"
)

// CSV is how CSV is written. It is safe for use by many goroutines.
type CSV struct {
	Delimiter                     string
	Quote, Escape, Comment        byte // 0: none
	escapeEscape                  byte // stands before an escape that means itself
	NullValue, emptyValue         string
	nan, positiveInf, negativeInf string
	Header, Infer, MultiLine      bool
	preferDate                    bool
	TrimLeft, TrimRight           bool
	enforceSchema                 bool
	mode                          Mode
	Charset, LineSep              string
	maxColumns, maxChars          int
	unescaped                     quoteHandling
	corrupt                       string
	times                         times
}

// quoteHandling says what becomes of a quote inside of a value that is not escaped.
type quoteHandling uint8

const (
	stopAtDelimiter quoteHandling = iota
	stopAtClosingQuote
	backToDelimiter
	skipValue
	raiseError
)

var quoteHandlings = map[string]quoteHandling{"STOP_AT_DELIMITER": stopAtDelimiter, "STOP_AT_CLOSING_QUOTE": stopAtClosingQuote,
	"BACK_TO_DELIMITER": backToDelimiter, "SKIP_VALUE": skipValue, "RAISE_ERROR": raiseError}

// Corrupt is the default of columnNameOfCorruptRecord.
const Corrupt = "_corrupt_record"

// NewCSV reads Spark's options; zone is the session's, corrupt its name of the column of malformed records.
func NewCSV(o Options, zone, corrupt string) (*CSV, error) {
	c := &CSV{NullValue: o["nullvalue"], emptyValue: o["emptyvalue"], nan: o.text("nanvalue", "NaN"),
		positiveInf: o.text("positiveinf", "Inf"), negativeInf: o.text("negativeinf", "-Inf"), preferDate: true, enforceSchema: true,
		mode: o.mode(), corrupt: o.text("columnnameofcorruptrecord", corrupt)}
	var err error
	if c.Delimiter, err = delimiter(o.text("sep", o.text("delimiter", ","))); err != nil {
		return nil, err
	}
	if err := c.characters(o); err != nil {
		return nil, err
	}
	err = o.flags(map[string]*bool{"header": &c.Header, "inferSchema": &c.Infer, "multiLine": &c.MultiLine, "preferDate": &c.preferDate,
		"ignoreLeadingWhiteSpace": &c.TrimLeft, "ignoreTrailingWhiteSpace": &c.TrimRight, "enforceSchema": &c.enforceSchema})
	if err != nil {
		return nil, err
	}
	if c.LineSep, err = lineSep(o); err != nil {
		return nil, err
	}
	if c.Charset, err = o.charset(!c.MultiLine); err != nil {
		return nil, err
	}
	if c.maxColumns, err = o.integer("maxColumns", 20480); err != nil {
		return nil, err
	}
	if c.maxChars, err = o.integer("maxCharsPerColumn", -1); err != nil {
		return nil, err
	}
	handling, ok := quoteHandlings[strings.ToUpper(o.text("unescapedquotehandling", "STOP_AT_DELIMITER"))]
	if !ok {
		return nil, fault.Illegal("No enum constant com.univocity.parsers.csv.UnescapedQuoteHandling.%s", strings.ToUpper(o["unescapedquotehandling"]))
	}
	c.unescaped = handling
	if c.times, err = o.newTimes(zone, c.preferDate); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *CSV) characters(o Options) (err error) {
	if c.Quote, err = o.character("quote", "quote", '"'); err != nil {
		return err
	}
	if c.Escape, err = o.character("escape", "escape", '\\'); err != nil {
		return err
	}
	if c.Comment, err = o.character("comment", "comment", 0); err != nil {
		return err
	}
	if c.escapeEscape = c.Escape; c.Escape == c.Quote {
		c.escapeEscape = 0
	}
	if o["chartoescapequoteescaping"] != "" {
		c.escapeEscape, err = o.character("chartoescapequoteescaping", "charToEscapeQuoteEscaping", 0)
	}
	return err
}

// lineSep is what ends a record, "" for any of \n, \r\n and \r.
func lineSep(o Options) (string, error) {
	sep, ok := o["linesep"]
	switch {
	case !ok:
		return "", nil
	case sep == "":
		return "", fault.Illegal("requirement failed: 'lineSep' cannot be an empty string.")
	case len(sep) > 2:
		return "", fault.Illegal("requirement failed: 'lineSep' can contain only 1 character.")
	}
	return sep, nil
}

// delimiter reads Spark's escapes: \t and the like stand for one character.
func delimiter(text string) (string, error) {
	if text == "" {
		return "", fault.New("INTERNAL_ERROR", "message", "the delimiter is empty")
	}
	if !strings.Contains(text, `\`) || text == `\` {
		return text, nil
	}
	return delimiterEscapes.Replace(text), nil
}

var delimiterEscapes = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\"`, `"`, `\'`, `'`, `\u0000`, "\x00")

// skips tells the lines that hold no record.
func (c *CSV) skips(line string) bool {
	if c.Comment != 0 && line != "" && line[0] == c.Comment {
		return true
	}
	return strings.Trim(line, blanks) == ""
}
