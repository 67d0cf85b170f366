package connect

// This file tells requests of one shape from others: those that ask for the same with other constants.

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/sparksql"
)

// shape is equal for plans that differ in constants only. Numbers outside of literals count by their size, and so do large ones in
// SQL: they may say how much is asked for, and range(10) is not range(1000000).
func shape(m protoreflect.Message) uint64 {
	s := &shaper{}
	s.message(m)
	h := fnv.New64a()
	h.Write(s.seen)
	return h.Sum64()
}

// shaper writes down what makes the shape.
type shaper struct{ seen []byte }

// shapeless are the messages that say nothing of it: where something was written, constants, and what only ids tell apart.
var shapeless = map[protoreflect.FullName]bool{
	"spark.connect.RelationCommon": true, "spark.connect.ExpressionCommon": true, "spark.connect.Expression.Literal": true,
	"spark.connect.ObjectRef": true, "spark.connect.CachedRemoteRelation": true, "spark.connect.CachedLocalRelation": true,
}

// shapelessFields are ids, and what was drawn by lot.
var shapelessFields = map[protoreflect.Name]bool{"plan_id": true, "seed": true, "uid": true, "dataHashes": true}

// sqlFields are those that hold SQL text.
var sqlFields = map[protoreflect.FullName]bool{
	"spark.connect.SQL.query": true, "spark.connect.SqlCommand.sql": true, "spark.connect.Expression.ExpressionString.expression": true,
}

func (s *shaper) message(m protoreflect.Message) {
	if shapeless[m.Descriptor().FullName()] {
		s.number(0)
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		d := fields.Get(i)
		if !m.Has(d) || shapelessFields[d.Name()] {
			continue
		}
		s.number(uint64(d.Number()))
		switch v := m.Get(d); {
		case d.IsMap(): // options and arguments: how many
			s.number(uint64(v.Map().Len()))
		case d.IsList():
			s.number(uint64(v.List().Len()))
			for j := range v.List().Len() {
				s.value(d, v.List().Get(j))
			}
		default:
			s.value(d, v)
		}
	}
	s.number(math.MaxUint64) // the end
}

func (s *shaper) value(d protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch d.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		s.message(v.Message())
	case protoreflect.StringKind:
		if sqlFields[d.FullName()] {
			s.sql(v.String())
		} else {
			s.text(v.String())
		}
	case protoreflect.BytesKind:
		s.number(uint64(bits.Len(uint(len(v.Bytes())))))
	case protoreflect.BoolKind, protoreflect.EnumKind:
		s.text(v.String())
	default:
		s.number(uint64(len(v.String())))
	}
}

func (s *shaper) number(n uint64) { s.seen = binary.AppendUvarint(s.seen, n) }

// sql is text without its constants, as people see it, and the sizes of the large numbers in it.
func (s *shaper) sql(t string) {
	redacted := sparksql.Redact(t)
	if strings.HasSuffix(redacted, "...") { // it is long, or no SQL, and something was left out
		s.text(t)
		return
	}
	s.text(redacted)
	for _, at := range constants.FindAllStringIndex(t, -1) {
		if length := at[1] - at[0]; t[at[0]] != '\'' && t[at[0]] != '"' && length >= largeNumber {
			s.number(uint64(length))
		}
	}
}

// largeNumber is how many digits such a number has.
const largeNumber = 6

// constants are the strings and numbers of SQL.
var constants = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b[0-9][0-9_]*(?:\.[0-9]*)?`)

// text is a name, or what looks like SQL without its constants: strings are all alike, numbers of as many digits are.
func (s *shaper) text(t string) {
	rest := 0
	for _, at := range constants.FindAllStringIndex(t, -1) {
		s.seen = append(s.seen, t[rest:at[0]]...)
		if c := t[at[0]]; c == '\'' || c == '"' {
			s.seen = append(s.seen, "''"...)
		} else {
			s.seen = strconv.AppendInt(s.seen, int64(at[1]-at[0]), 10)
		}
		rest = at[1]
	}
	s.seen = append(append(s.seen, t[rest:]...), 0)
}
