package store

// This file says what is kept of a query that has ended: the fields of Record are the columns of the file, of the table people
// see in SQL, and the keys of the JSON.

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// Record is all there is to tell of a query, or a command about models, that has ended. No constant of it is in it. Times are in
// seconds.
type Record struct {
	Started     time.Time `json:"started"`
	User        string    `json:"user"`
	Session     string    `json:"session"`
	Operation   string    `json:"operation"`
	Kind        string    `json:"kind"`                 // of its statement
	Fingerprint string    `json:"fingerprint,omitzero"` // equal for queries that differ in constants only
	Text        string    `json:"text,omitzero"`        // without constants
	Engine      string    `json:"engine,omitzero"`      // "": it ended before one was chosen
	Why         string    `json:"why,omitzero"`         // this engine
	Lane        string    `json:"lane,omitzero"`
	Demoted     bool      `json:"demoted"`              // it was thought to be short
	Reused      bool      `json:"reused"`               // its answer was that of an earlier one
	Error       string    `json:"error_class,omitzero"` // "": it succeeded

	Analyze float64 `json:"analyze_seconds"`
	Waited  float64 `json:"waited_seconds"`         // for its turn
	First   float64 `json:"first_seconds,omitzero"` // until the first row
	Took    float64 `json:"took_seconds"`           // until its end

	Rows       int64   `json:"rows"` // sent
	Bytes      int64   `json:"bytes"`
	CPUSeconds float64 `json:"cpu_seconds"`
	PeakMemory int64   `json:"peak_memory,omitzero"` // 0: nobody measured it

	Work    float64 `json:"work_seconds,omitzero"` // without waits, and without the part of those that ran beside it
	Learned string  `json:"learned,omitzero"`      // what the router remembers of it, in its own words

	// What it was expected to take, and what another engine would have been.
	ExpectedLatency float64 `json:"expected_seconds,omitzero"`
	ExpectedCPU     float64 `json:"expected_cpu_seconds,omitzero"`
	ExpectedBytes   int64   `json:"expected_bytes,omitzero"` // read
	ExpectedMemory  int64   `json:"expected_memory,omitzero"`
	Confidence      float64 `json:"confidence,omitzero"`
	Other           string  `json:"other_engine,omitzero"` // "": there is no other one
	OtherLatency    float64 `json:"other_seconds,omitzero"`
	OtherCPU        float64 `json:"other_cpu_seconds,omitzero"`
	OtherBytes      int64   `json:"other_bytes,omitzero"`
	OtherMemory     int64   `json:"other_memory,omitzero"`
	OtherConfidence float64 `json:"other_confidence,omitzero"`
}

// Column is a field of Record.
type Column struct {
	Name     string
	Type     reflect.Type // time.Time, string, bool, int64 or float64
	Optional bool         // its zero value says that there is none
	index    int
}

// Columns are the fields of Record, in their order.
var Columns = columnsOf(reflect.TypeFor[Record]())

func columnsOf(t reflect.Type) []Column {
	all := make([]Column, t.NumField())
	for i := range all {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		all[i] = Column{Name: name, Type: f.Type, Optional: option == "omitzero", index: i}
	}
	return all
}

// Of is the column's value in a record.
func (c Column) Of(r *Record) any { return reflect.ValueOf(r).Elem().Field(c.index).Interface() }

// kind is SQLite's type for the column.
func (c Column) kind() string {
	switch c.Type.Kind() {
	case reflect.String:
		return "TEXT NOT NULL DEFAULT ''"
	case reflect.Float64:
		return "REAL NOT NULL DEFAULT 0"
	default:
		return "INTEGER NOT NULL DEFAULT 0"
	}
}

// maxValue is how much of a text is kept.
const maxValue = 1000

// stored is a record's value as SQLite takes it.
func (c Column) stored(r *Record) any {
	switch v := c.Of(r).(type) {
	case time.Time:
		return v.UnixMicro()
	case string:
		return strings.ToValidUTF8(v[:min(len(v), maxValue)], "")
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // SQLite has no such number
			return 0.0
		}
		return v
	default:
		return v
	}
}

// into is where a value is read to. What is no such value leaves an error.
func (c Column) into(r *Record) any {
	field := reflect.ValueOf(r).Elem().Field(c.index).Addr().Interface()
	if t, ok := field.(*time.Time); ok {
		return (*micros)(t)
	}
	return field
}

// micros is a time in the file.
type micros time.Time

// Scan reads it.
func (m *micros) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("%T is no time", v)
	}
	*m = micros(time.UnixMicro(n))
	return nil
}
