package java

// This file holds the paths of get_json_object, and what they find. The rules for arrays are
// Hive's, which Spark keeps.

import (
	"errors"
	"strconv"
	"strings"
)

type jsonStepKind uint8

const (
	stepField jsonStepKind = iota
	stepIndex
	stepElements  // [*]
	stepAnyFields // .*, which finds nothing
)

type jsonStep struct {
	kind  jsonStepKind
	name  string
	index int
}

// JSONPath is a path such as $.a[0].b.
type JSONPath struct{ steps []jsonStep }

// ParseJSONPath reads a path; false if it is none, which finds nothing.
func ParseJSONPath(s string) (*JSONPath, bool) {
	rest, ok := strings.CutPrefix(s, "$")
	if !ok {
		return nil, false
	}
	p := &JSONPath{}
	for strings.TrimLeft(rest, jsonBlanks) != "" {
		var step jsonStep
		if step, rest, ok = parseJSONStep(rest); !ok {
			return nil, false
		}
		p.steps = append(p.steps, step)
	}
	return p, true
}

const jsonBlanks = " \t\n\x0B\f\r"

// parseJSONStep reads a step. Blanks may stand where Spark's parser skips them.
func parseJSONStep(s string) (step jsonStep, rest string, ok bool) {
	trimmed := strings.TrimLeft(s, jsonBlanks)
	for _, all := range [...]string{".*", "['*']"} {
		if rest, ok = strings.CutPrefix(trimmed, all); ok {
			return jsonStep{kind: stepAnyFields}, rest, true
		}
	}
	if rest, ok = strings.CutPrefix(s, "."); ok {
		rest = strings.TrimLeft(rest, jsonBlanks)
		n := strings.IndexAny(rest, ".[")
		if n < 0 {
			n = len(rest)
		}
		return jsonStep{kind: stepField, name: rest[:n]}, rest[n:], n > 0
	}
	if rest, ok = strings.CutPrefix(trimmed, "['"); ok {
		name, rest, closed := strings.Cut(strings.TrimLeft(rest, jsonBlanks), "'")
		rest, bracket := strings.CutPrefix(rest, "]")
		return jsonStep{kind: stepField, name: name}, rest, closed && bracket && name != ""
	}
	if rest, ok = strings.CutPrefix(s, "[*]"); ok {
		return jsonStep{kind: stepElements}, rest, true
	}
	if rest, ok = strings.CutPrefix(s, "["); !ok {
		return step, rest, false
	}
	digits, rest, closed := strings.Cut(strings.TrimLeft(rest, jsonBlanks), "]")
	index, err := strconv.ParseUint(digits, 10, 31)
	return jsonStep{kind: stepIndex, index: int(index)}, rest, closed && err == nil
}

// style is how a value that a path ends at is written.
type style uint8

const (
	styleRaw     style = iota // texts without quotes
	styleQuoted               // as JSON
	styleFlatten              // as JSON, arrays as their elements
)

// Append appends to b what the path finds in a JSON text. It finds nothing in malformed JSON.
func (p *JSONPath) Append(b []byte, json string) ([]byte, bool, error) {
	r := &jsonReader{s: json, syntax: lenient}
	w := &jsonWriter{b: b, start: len(b), pairs: true}
	found, err := r.follow(p.steps, w, styleRaw)
	if errors.Is(err, errJSON) {
		return b, false, nil
	}
	return w.b, found, err
}

// follow reads a value, writes what the steps lead to in it, and tells whether there was any.
//
// size: one case per kind of step
func (r *jsonReader) follow(steps []jsonStep, w *jsonWriter, as style) (bool, error) {
	next := r.peek()
	if len(steps) == 0 {
		return r.arrive(next, w, as)
	}
	step, rest := steps[0], steps[1:]
	switch {
	case next == '{' && step.kind == stepField:
		found := false
		err := r.object(func(name string) (err error) {
			if found || name != step.name || r.peek() == 'n' {
				return r.skip()
			}
			found, err = r.follow(rest, w, as)
			return err
		})
		return found, err
	case next == '[' && step.kind == stepIndex:
		if len(rest) > 0 && rest[0].kind == stepElements {
			as = styleQuoted
		}
		return r.element(step.index, rest, w, as)
	case next == '[' && step.kind == stepElements:
		switch {
		case len(rest) > 0 && rest[0].kind == stepElements:
			return r.elements(rest[1:], w, styleFlatten)
		case as == styleQuoted:
			return r.elements(rest, w, styleQuoted)
		}
		return r.fewElements(rest, w, as)
	}
	return false, r.skip()
}

// arrive writes the value itself.
func (r *jsonReader) arrive(next byte, w *jsonWriter, as style) (bool, error) {
	switch {
	case as == styleRaw && (next == '"' || next == '\''):
		s, err := r.text()
		w.b = append(w.b, s...)
		return true, r.whole(w, err)
	case as == styleFlatten && next == '[':
		found := false
		err := r.array(func() error {
			any, err := r.follow(nil, w, as)
			found = found || any
			return err
		})
		return found, err
	}
	return true, r.copy(w)
}

func (r *jsonReader) element(index int, steps []jsonStep, w *jsonWriter, as style) (found bool, err error) {
	k := -1
	err = r.array(func() (err error) {
		if k++; k != index {
			return r.skip()
		}
		found, err = r.follow(steps, w, as)
		return err
	})
	return found, err
}

// elements follows the steps from all elements and writes an array, be it empty.
func (r *jsonReader) elements(steps []jsonStep, w *jsonWriter, as style) (found bool, err error) {
	w.raw("[")
	err = r.array(func() error {
		any, err := r.follow(steps, w, as)
		found = found || any
		return err
	})
	w.b = append(w.b, ']')
	return found, err
}

// fewElements writes an array only of several elements, a single one alone.
func (r *jsonReader) fewElements(steps []jsonStep, w *jsonWriter, as style) (bool, error) {
	if as == styleRaw {
		as = styleQuoted
	}
	inner, count := &jsonWriter{b: []byte{'['}}, 0
	err := r.array(func() error {
		found, err := r.follow(steps, inner, as)
		if found {
			count++
		}
		return err
	})
	switch {
	case count == 1:
		w.raw(string(inner.b[1:]))
	case count > 1:
		w.raw(string(inner.b) + "]")
	}
	return count > 0, err
}

// JSONArrayLength is how many elements a JSON array has; false for anything else.
func JSONArrayLength(json string) (n int, ok bool, err error) {
	r := &jsonReader{s: json, syntax: lenient}
	if r.peek() != '[' {
		return 0, false, nil
	}
	err = r.array(func() error {
		n++
		return r.skip()
	})
	return n, err == nil, unlessMalformed(err)
}

// JSONObjectKeys are the names in a JSON object, in order; false for anything else.
func JSONObjectKeys(json string) (keys []string, ok bool, err error) {
	r := &jsonReader{s: json, syntax: lenient}
	if r.peek() != '{' {
		return nil, false, nil
	}
	err = r.object(func(name string) error {
		if r.half {
			return ErrSurrogate
		}
		keys = append(keys, name)
		return r.skip()
	})
	return keys, err == nil, unlessMalformed(err)
}

func unlessMalformed(err error) error {
	if errors.Is(err, errJSON) {
		return nil
	}
	return err
}
