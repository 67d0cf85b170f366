package variant

// This file follows paths such as $.a[0]['b c'].

import (
	"errors"
	"strconv"
	"strings"
)

// Path is a parsed path.
type Path []step

// step is a field, or an element.
type step struct {
	name  string
	index int // -1: a field
}

// ErrPath is a text that is no path; ErrIndex an index beyond 32 bits.
var (
	ErrPath  = errors.New("not a path")
	ErrIndex = errors.New("an index too large")
)

// ParsePath reads $, then any number of .name, ['name'], ["name"] and [index].
func ParsePath(text string) (Path, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, ErrPath
	}
	p := Path{}
	for rest != "" {
		var s step
		var err error
		if s, rest, err = parseStep(rest); err != nil {
			return nil, err
		}
		p = append(p, s)
	}
	return p, nil
}

func parseStep(text string) (s step, rest string, err error) {
	if name, ok := strings.CutPrefix(text, "."); ok {
		end := strings.IndexAny(name, ".[")
		if end < 0 {
			end = len(name)
		}
		if end == 0 {
			return s, "", ErrPath
		}
		return step{name[:end], -1}, name[end:], nil
	}
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || inner == "" {
		return s, "", ErrPath
	}
	if quote := inner[0]; quote == '\'' || quote == '"' {
		name, rest, ok := strings.Cut(inner[1:], string(quote))
		rest, closed := strings.CutPrefix(rest, "]")
		if !ok || !closed {
			return s, "", ErrPath
		}
		return step{name, -1}, rest, nil
	}
	digits, rest, ok := strings.Cut(inner, "]")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s, "", ErrPath
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		return s, "", ErrIndex
	}
	return step{"", int(n)}, rest, nil
}

// Get follows a path; found is false where there is nothing.
func (v Value) Get(p Path) (at Value, found bool, err error) {
	for _, s := range p {
		kind, err := v.Kind()
		if err != nil {
			return v, false, err
		}
		if s.index < 0 && kind != Object || s.index >= 0 && kind != Array {
			return v, false, nil
		}
		n, err := v.Open()
		if err != nil {
			return v, false, err
		}
		if s.index < 0 {
			v, found, err = n.Field(s.name)
		} else if found = s.index < n.Len; found {
			v, err = n.At(s.index)
		}
		if err != nil || !found {
			return v, false, err
		}
	}
	return v, true, nil
}
