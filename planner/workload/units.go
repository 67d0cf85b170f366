package workload

// This file reads the units of the file: 250ms, 128MiB, 30/h.

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Seconds is a time: 250ms, 2s, 1.5m, 2h. A bare number is refused but 0.
type Seconds float64

// Bytes is a size: 10kB, 128MiB, 1.5GB, 2TB; kB to PB are powers of 1000, KiB to PiB of 1024.
type Bytes float64

// Rate is events a second: 2/s, 30/min, 100/h.
type Rate float64

var timeUnits = map[string]float64{"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}

var sizeUnits = map[string]float64{"B": 1,
	"kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50}

// quantity reads a number with a unit.
func quantity(text string, units map[string]float64, example string) (float64, error) {
	text = strings.TrimSpace(strings.Trim(strings.TrimSpace(text), `"'`))
	end := len(text)
	for end > 0 && (text[end-1] >= 'a' && text[end-1] <= 'z' || text[end-1] >= 'A' && text[end-1] <= 'Z') {
		end--
	}
	number, unit := strings.TrimSpace(text[:end]), text[end:]
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("%q: expected something like %s", text, example)
	}
	if unit == "" && v == 0 {
		return 0, nil
	}
	factor, ok := units[unit]
	if !ok {
		return 0, fmt.Errorf("%q: expected something like %s", text, example)
	}
	if v < 0 {
		return 0, fmt.Errorf("%q is negative", text)
	}
	return v * factor, nil
}

// UnmarshalYAML reads a time.
func (s *Seconds) UnmarshalYAML(node ast.Node) error {
	v, err := quantity(node.String(), timeUnits, "250ms, 2s, 1.5m or 2h")
	*s = Seconds(v)
	return at(node, err)
}

// UnmarshalYAML reads a size.
func (b *Bytes) UnmarshalYAML(node ast.Node) error {
	v, err := quantity(node.String(), sizeUnits, "128MiB or 1.5GB")
	*b = Bytes(v)
	return at(node, err)
}

// UnmarshalYAML reads a rate.
func (r *Rate) UnmarshalYAML(node ast.Node) error {
	text := strings.Trim(strings.TrimSpace(node.String()), `"'`)
	events, per, ok := strings.Cut(text, "/")
	unit, known := timeUnits[strings.TrimSpace(per)]
	v, err := strconv.ParseFloat(strings.TrimSpace(events), 64)
	if !ok || !known || err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return at(node, fmt.Errorf("%q: expected something like 2/s, 30/min or 100/h", text))
	}
	if v < 0 {
		return at(node, fmt.Errorf("%q is negative", text))
	}
	*r = Rate(v / unit)
	return nil
}

// lineError is an error of ours inside the library's decoding.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }
func (e *lineError) Unwrap() error { return e.err }

func at(node ast.Node, err error) error {
	if err == nil {
		return nil
	}
	return &lineError{node.GetToken().Position.Line, err}
}
