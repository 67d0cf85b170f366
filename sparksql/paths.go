package sparksql

import (
	"slices"
	"strings"

	"shoal/plan"
)

// This file finds the file paths that a text names, whether or not the text can be parsed here.

// formats are the words that may stand before a path in parquet.`path`.
var formats = []string{"parquet", "csv", "json", "orc", "text", "avro", "xml", "binaryfile", "libsvm", "delta", "iceberg", "hudi"}

var (
	pathWords = []string{"location", "inpath", "directory", "jar", "file", "archive"} // before a string that is a path
	fileKinds = []string{"jar", "jars", "file", "files", "archive", "archives"}       // behind ADD
	lists     = []string{"options", "with", "tblproperties"}                          // before options in parentheses
	indirect  = []string{"identifier", "immediate"}                                   // names and texts made from strings
)

// pathOptions are the options that hold paths.
var pathOptions = []string{"path", "paths", "location", "checkpointlocation", "avroschemaurl"}

// IsPathOption tells whether an option of a source holds a path.
func IsPathOption(key string) bool { return slices.Contains(pathOptions, strings.ToLower(key)) }

// Paths lists the file paths that a text shows: parquet.`path`, LOCATION, INPATH, DIRECTORY, options
// that hold one, ADD JAR. Where names are made from strings, all strings in it are read, too. What
// a text computes cannot be seen, nor what is in one that has no tokens.
func Paths(text string) []string {
	src := &plan.Source{Text: text}
	toks, err := tokenize(src)
	if err != nil {
		return nil
	}
	f := &pathFinder{text: text, toks: toks}
	if len(toks) > 2 && f.word(0) == "add" && slices.Contains(fileKinds, f.word(1)) {
		for _, word := range strings.Fields(text[toks[2].start:]) {
			f.found = append(f.found, strings.Trim(word, "'\"`;"))
		}
		return f.found
	}
	for i, t := range toks {
		switch {
		case t.kind == tDot && i > 0:
			f.named(i)
		case t.kind.isIdent() || t.kind.isString():
			f.wordAt(i)
		case t.kind == tRightParen:
			f.options = false
		}
	}
	if f.inner {
		f.strings()
	}
	return f.found
}

type pathFinder struct {
	text    string
	toks    []token
	found   []string
	inner   bool // strings in the text may become part of it
	options bool // in the parentheses of a list of options
}

// wordAt looks at a word, or at an option's name.
func (f *pathFinder) wordAt(i int) {
	w, plain := f.word(i), f.toks[i].kind != tQuoted && !f.toks[i].kind.isString()
	switch {
	case f.options && IsPathOption(w):
		if f.toks[i+1].kind == tEq {
			i++
		}
		f.told(i + 1)
	case !plain:
	case slices.Contains(lists, w) && f.toks[i+1].kind == tLeftParen:
		f.options = true
	case slices.Contains(pathWords, w):
		f.told(i + 1)
	case slices.Contains(indirect, w):
		f.inner = true
	}
}

func (f *pathFinder) raw(i int) string { return f.text[f.toks[i].start:f.toks[i].end] }

// word is a token as a word to compare.
func (f *pathFinder) word(i int) string { return strings.ToLower(strings.Trim(f.raw(i), "'\"`")) }

// named looks at a dot: format.`path`.
func (f *pathFinder) named(dot int) {
	next := f.toks[dot+1]
	if next.kind != tQuoted || !strings.HasPrefix(f.raw(dot+1), "`") {
		return
	}
	path := strings.ReplaceAll(strings.Trim(f.raw(dot+1), "`"), "``", "`")
	if slices.Contains(formats, f.word(dot-1)) || strings.HasPrefix(path, "/") || strings.Contains(path, ":") || strings.Contains(path, "..") {
		f.found = append(f.found, path)
	}
}

// told takes the string at i, if there is one, as a path. Neighbours are one string.
func (f *pathFinder) told(i int) {
	var b strings.Builder
	for ; f.toks[i].kind.isString(); i++ {
		b.WriteString(unquote(f.raw(i)))
	}
	if b.Len() > 0 {
		f.found = append(f.found, b.String())
	}
}

// strings reads every string as a text of its own, and as part of a name.
func (f *pathFinder) strings() {
	for i, t := range f.toks {
		if t.kind.isString() {
			f.found = append(f.found, Paths(unquote(f.raw(i)))...)
		}
	}
}
