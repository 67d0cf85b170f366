package java

// This file evaluates the paths of XPath 1.0: steps by name, *, @name, text() and //, with predicates that count or compare;
// and their sum and count. Everything else of the language is refused.

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ErrXPath is an expression that is not evaluated here; it may be wrong altogether.
var ErrXPath = errors.New("an XPath expression beyond simple paths")

// XPath is a parsed expression.
type XPath struct {
	function string // "", sum or count
	steps    []xpathStep
}

// xpathStep goes from nodes to others.
type xpathStep struct {
	deep  bool // from all below as well: //
	kind  xmlKind
	name  string // "*": any
	where []xpathTest
}

// xpathTest is a predicate: a place, or a child or attribute that is there, or has a value.
type xpathTest struct {
	place    int // -1: the last; 0: another test
	kind     xmlKind
	name     string
	compares bool
	value    string
}

// ParseXPath reads an expression.
func ParseXPath(text string) (*XPath, error) {
	p := xpathReader{rest: text}
	x := &XPath{}
	for _, f := range []string{"sum", "count"} {
		if inner, ok := strings.CutPrefix(text, f+"("); ok {
			x.function = f
			p.rest, ok = strings.CutSuffix(inner, ")")
			if !ok {
				return nil, ErrXPath
			}
		}
	}
	deep := p.take("//")
	if !deep {
		p.take("/")
	}
	for {
		s, ok := p.step()
		if !ok {
			return nil, ErrXPath
		}
		s.deep = deep
		x.steps = append(x.steps, s)
		if p.rest == "" {
			return x, nil
		}
		if deep = p.take("//"); !deep && !p.take("/") {
			return nil, ErrXPath
		}
	}
}

type xpathReader struct{ rest string }

func (p *xpathReader) take(word string) (ok bool) {
	p.rest, ok = strings.CutPrefix(p.rest, word)
	return ok
}

// name reads a name without prefix, or *.
func (p *xpathReader) name() (string, bool) {
	if p.take("*") {
		return "*", true
	}
	end := 0
	for end < len(p.rest) {
		c := p.rest[end]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (end == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			break
		}
		end++
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	return name, end > 0 && !strings.HasPrefix(p.rest, ":") && !strings.HasPrefix(p.rest, "(")
}

// test reads name, *, @name or text().
func (p *xpathReader) test() (kind xmlKind, name string, ok bool) {
	if p.take("text()") {
		return xmlText, "*", true
	}
	kind = xmlElement
	if p.take("@") {
		kind = xmlAttribute
	}
	name, ok = p.name()
	return kind, name, ok
}

func (p *xpathReader) step() (s xpathStep, ok bool) {
	if s.kind, s.name, ok = p.test(); !ok {
		return s, false
	}
	for p.take("[") {
		t, ok := p.predicate()
		if !ok || !p.take("]") {
			return s, false
		}
		s.where = append(s.where, t)
	}
	return s, true
}

func (p *xpathReader) predicate() (t xpathTest, ok bool) {
	if p.take("last()") {
		return xpathTest{place: -1}, true
	}
	if end := strings.IndexByte(p.rest, ']'); end > 0 {
		if n, err := strconv.ParseUint(p.rest[:end], 10, 31); err == nil && n > 0 {
			p.rest = p.rest[end:]
			return xpathTest{place: int(n)}, true
		}
	}
	if t.kind, t.name, ok = p.test(); !ok || t.kind == xmlText {
		return t, false
	}
	if t.compares = p.take("=") || p.take(" = "); !t.compares {
		return t, true
	}
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			t.value, p.rest, ok = strings.Cut(p.rest, quote)
			return t, ok
		}
	}
	return t, false
}

// holds tells whether a node passes a test by its children.
func (t xpathTest) holds(n *xmlNode) bool {
	return slices.ContainsFunc(n.step(t.kind, t.name), func(c *xmlNode) bool { return !t.compares || c.value() == t.value })
}

// step lists a node's children, attributes or texts of a name.
func (n *xmlNode) step(kind xmlKind, name string) (found []*xmlNode) {
	from := n.children
	if kind == xmlAttribute {
		from = n.attrs
	}
	for _, c := range from {
		if c.kind == kind && (name == "*" || c.name == name) {
			found = append(found, c)
		}
	}
	return found
}

// below lists a node and all elements in it.
func (n *xmlNode) below(found []*xmlNode) []*xmlNode {
	found = append(found, n)
	for _, c := range n.children {
		if c.kind == xmlElement {
			found = c.below(found)
		}
	}
	return found
}

// nodes evaluates the path, in the order of the document.
func (x *XPath) nodes(document *xmlNode) []*xmlNode {
	at := []*xmlNode{document}
	for _, s := range x.steps {
		var next []*xmlNode
		for _, n := range at {
			from := []*xmlNode{n}
			if s.deep {
				from = n.below(nil)
			}
			for _, f := range from {
				next = append(next, s.apply(f)...)
			}
		}
		slices.SortFunc(next, func(a, b *xmlNode) int { return a.order - b.order })
		at = slices.CompactFunc(next, func(a, b *xmlNode) bool { return a == b })
	}
	return at
}

// apply goes one step from one node; predicates count what the ones before them left.
func (s xpathStep) apply(n *xmlNode) []*xmlNode {
	found := n.step(s.kind, s.name)
	for _, t := range s.where {
		switch {
		case t.place == 0:
			found = slices.DeleteFunc(found, func(n *xmlNode) bool { return !t.holds(n) })
		case t.place < 0 && len(found) > 0:
			found = found[len(found)-1:]
		case t.place > len(found):
			found = nil
		case t.place > 0:
			found = found[t.place-1 : t.place]
		}
	}
	return found
}

// List gives the nodes' own values: elements have none.
func (x *XPath) List(xml string, add func(value string, null bool)) error {
	d, err := parseXML(xml)
	if err != nil {
		return err
	}
	if x.function != "" {
		return ErrXPath
	}
	for _, n := range x.nodes(d) {
		add(n.text, n.kind == xmlElement)
	}
	return nil
}

// Text is the value of the first node, "" where there is none.
func (x *XPath) Text(xml string) (string, error) {
	d, err := parseXML(xml)
	if err != nil {
		return "", err
	}
	if x.function != "" {
		return "", ErrXPath // Java writes numbers in ways of its own
	}
	if found := x.nodes(d); len(found) > 0 {
		return found[0].value(), nil
	}
	return "", nil
}

// Truth tells whether there are such nodes, or a number is neither 0 nor NaN.
func (x *XPath) Truth(xml string) (bool, error) {
	if x.function != "" {
		f, err := x.Number(xml)
		return f != 0 && !math.IsNaN(f), err
	}
	d, err := parseXML(xml)
	return err == nil && len(x.nodes(d)) > 0, err
}

// Number is the value of the first node as a number, NaN where there is none.
func (x *XPath) Number(xml string) (float64, error) {
	d, err := parseXML(xml)
	if err != nil {
		return 0, err
	}
	found := x.nodes(d)
	switch {
	case x.function == "count":
		return float64(len(found)), nil
	case x.function == "sum":
		sum := 0.0
		for _, n := range found {
			sum += xmlNumber(n.value())
		}
		return sum, nil
	case len(found) == 0:
		return math.NaN(), nil
	}
	return xmlNumber(found[0].value()), nil
}

// xmlNumber reads digits with a sign and a point; all else is no number.
func xmlNumber(s string) float64 {
	s = strings.Trim(s, " \t\r\n")
	digits := strings.TrimPrefix(s, "-")
	if strings.Trim(digits, "0123456789.") != "" || strings.Trim(digits, ".") == "" {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return math.NaN()
	}
	return f
}
