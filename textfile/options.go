package textfile

// This file reads options as Spark's readers do.

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

// Options are the options of a reader or writer, keys in lower case.
type Options map[string]string

// Mode says what becomes of a malformed record.
type Mode uint8

// Permissive keeps what could be read of it, DropMalformed drops it, FailFast ends the query.
const (
	Permissive Mode = iota
	DropMalformed
	FailFast
)

func (o Options) mode() Mode {
	switch strings.ToUpper(o["mode"]) {
	case "DROPMALFORMED":
		return DropMalformed
	case "FAILFAST":
		return FailFast
	}
	return Permissive
}

func (o Options) text(name, otherwise string) string {
	if v, ok := o[name]; ok {
		return v
	}
	return otherwise
}

// character is an option of at most one character; none is 0.
func (o Options) character(name, shown string, otherwise byte) (byte, error) {
	v, ok := o[name]
	switch {
	case !ok:
		return otherwise, nil
	case v == "":
		return 0, nil
	case len(v) == 1:
		return v[0], nil
	case utf8.RuneCountInString(v) == 1:
		return 0, fault.Unsupported("the option %s with a character outside ASCII", shown)
	}
	return 0, fault.New("_LEGACY_ERROR_TEMP_2145", "paramName", shown)
}

// flag is a yes-or-no option.
func (o Options) flag(shown string, otherwise bool) (bool, error) {
	v, ok := o[strings.ToLower(shown)]
	switch {
	case !ok:
		return otherwise, nil
	case strings.EqualFold(v, "true"):
		return true, nil
	case strings.EqualFold(v, "false"):
		return false, nil
	}
	return false, fault.New("_LEGACY_ERROR_TEMP_2147", "paramName", shown)
}

// flags reads several yes-or-no options into their places, which hold the defaults.
func (o Options) flags(places map[string]*bool) error {
	for shown, to := range places {
		v, err := o.flag(shown, *to)
		if err != nil {
			return err
		}
		*to = v
	}
	return nil
}

func (o Options) integer(shown string, otherwise int) (int, error) {
	v, ok := o[strings.ToLower(shown)]
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, fault.New("_LEGACY_ERROR_TEMP_2146", "paramName", shown, "value", v)
	}
	return int(n), nil
}

// Ratio checks the share of records that inference looks at. Which ones a smaller share takes depends
// on how Spark parts the files.
func (o Options) Ratio() error {
	v, ok := o["samplingratio"]
	if !ok {
		return nil
	}
	f, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil:
		return fault.Illegal("samplingRatio: %s is no number", v)
	case f <= 0:
		return fault.Illegal("samplingRatio (%s) should be greater than 0", v)
	case f < 1:
		return fault.Unsupported("inferring a schema from a sample: which records it holds depends on Spark's partitions")
	}
	return nil
}

// charset is the encoding of a file; records is whether lines are split before they are decoded.
func (o Options) charset(records bool) (string, error) {
	name := strings.ToUpper(o.text("encoding", o.text("charset", "UTF-8")))
	switch name {
	case "UTF8":
		name = "UTF-8"
	case "ASCII":
		name = "US-ASCII"
	case "LATIN1", "ISO8859-1", "ISO8859_1":
		name = "ISO-8859-1"
	}
	if !java.HasCharset(name) {
		return "", fault.Unsupported("files in the encoding %s", name)
	}
	if records && (strings.HasPrefix(name, "UTF-16") || strings.HasPrefix(name, "UTF-32")) {
		return "", fault.Unsupported("files in the encoding %s whose lines are records", name)
	}
	return name, nil
}

// times are how dates and times are written.
type times struct {
	zone                *java.Zone
	date, stamp, ntz    *java.Pattern // nil: as casts read them
	strictDate          bool          // dates are yyyy-MM-dd, whatever else a cast takes
	fallback            bool          // what a pattern does not read is read as casts read it
	fallbackSet         bool
	dateText, stampText string
}

// newTimes reads the formats; strict says that dates have Spark's default pattern unless another is given.
func (o Options) newTimes(zone string, strict bool) (times, error) {
	t := times{dateText: o["dateformat"], stampText: o["timestampformat"]}
	zone = o.text("timezone", zone)
	var err error
	if t.zone, err = java.LoadZone(zone); err != nil {
		return t, fault.New("INVALID_TIMEZONE", "timeZone", zone)
	}
	if l := o["locale"]; l != "" && !strings.EqualFold(l, "en-US") && !strings.EqualFold(l, "en") {
		return t, fault.Unsupported("the locale %s", l)
	}
	if t.dateText == "" && strict {
		t.strictDate = true
	}
	for name, to := range map[string]**java.Pattern{"dateformat": &t.date, "timestampformat": &t.stamp, "timestampntzformat": &t.ntz} {
		text, ok := o[name]
		if !ok {
			continue
		}
		if *to, err = java.CompilePattern(text, true); err != nil {
			return t, badPattern(text, err)
		}
	}
	if v, ok := o["enabledatetimeparsingfallback"]; ok {
		t.fallback, t.fallbackSet = strings.EqualFold(v, "true"), true
	}
	return t, nil
}

func badPattern(text string, err error) error {
	if p, ok := err.(*java.PatternError); ok && p.How == java.PatternIllegal {
		return fault.New("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "c", p.Letter, "pattern", text)
	}
	return fault.Unsupported("the pattern %s: %v", text, err)
}

// Corrupt is the name of the column of malformed records.
func (o Options) Corrupt(otherwise string) string {
	return o.text("columnnameofcorruptrecord", otherwise)
}
