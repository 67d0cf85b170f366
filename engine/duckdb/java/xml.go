package java

// This file reads XML as a tree. What Java's parser could see otherwise is refused: document types, namespaces, CDATA sections,
// references to characters by number.

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

var (
	// ErrXML is text that is no XML.
	ErrXML = errors.New("malformed XML")
	// ErrXMLFeature is XML that is read by Java only.
	ErrXMLFeature = errors.New("XML with a document type, a namespace, a CDATA section or a reference to a character by number")
)

// maxXMLDepth bounds nesting.
const maxXMLDepth = 1000

type xmlKind uint8

const (
	xmlDocument xmlKind = iota
	xmlElement
	xmlAttribute
	xmlText
)

// xmlNode is a node of a tree. Nodes are numbered in the order of the document.
type xmlNode struct {
	kind     xmlKind
	order    int
	name     string
	text     string // of attributes and texts
	attrs    []*xmlNode
	children []*xmlNode
}

// parseXML reads a document: one element, nothing but blanks, comments and instructions around it.
func parseXML(text string) (*xmlNode, error) {
	if strings.Contains(text, "<![CDATA[") || strings.Contains(text, "<!DOCTYPE") || strings.Contains(text, "&#") || strings.Index(text, "<?xml ") > 0 {
		return nil, ErrXMLFeature
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, ErrXMLFeature }
	r := xmlReader{open: []*xmlNode{{kind: xmlDocument}}}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.token(token)
		}
		if errors.Is(err, ErrXMLFeature) {
			return nil, err
		}
		if err != nil {
			return nil, ErrXML
		}
	}
	if len(r.open) != 1 || r.roots != 1 {
		return nil, ErrXML
	}
	return r.open[0], nil
}

// xmlReader builds a tree.
type xmlReader struct {
	open  []*xmlNode // from the document to the innermost element
	roots int
	count int
}

func (r *xmlReader) add(n *xmlNode) *xmlNode {
	r.count++
	n.order = r.count
	top := r.open[len(r.open)-1]
	top.children = append(top.children, n)
	return n
}

func (r *xmlReader) token(token xml.Token) error {
	top := r.open[len(r.open)-1]
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		if len(r.open) == 1 || t.Name.Space != "" || t.Name.Local != top.name {
			return ErrXML
		}
		r.open = r.open[:len(r.open)-1]
	case xml.CharData:
		if len(r.open) > 1 {
			r.add(&xmlNode{kind: xmlText, text: string(t)})
		} else if strings.Trim(string(t), " \t\r\n") != "" {
			return ErrXML
		}
	case xml.Directive:
		return ErrXMLFeature
	case xml.ProcInst:
		if t.Target != "xml" || r.count > 0 {
			return ErrXMLFeature
		}
	}
	return nil
}

func (r *xmlReader) start(t xml.StartElement) error {
	if t.Name.Space != "" || len(r.open) > maxXMLDepth {
		return ErrXMLFeature
	}
	if len(r.open) == 1 {
		r.roots++
	}
	n := r.add(&xmlNode{kind: xmlElement, name: t.Name.Local})
	seen := map[string]bool{}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space != "" || a.Name.Local == "xmlns":
			return ErrXMLFeature
		case seen[a.Name.Local] || strings.Contains(a.Value, "\x00"):
			return ErrXML
		}
		seen[a.Name.Local] = true
		r.count++
		value := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(a.Value)
		n.attrs = append(n.attrs, &xmlNode{kind: xmlAttribute, order: r.count, name: a.Name.Local, text: value})
	}
	r.open = append(r.open, n)
	return nil
}

// value is a node's string value: the texts in it.
func (n *xmlNode) value() string {
	if n.kind == xmlText || n.kind == xmlAttribute {
		return n.text
	}
	var b strings.Builder
	n.appendText(&b)
	return b.String()
}

func (n *xmlNode) appendText(b *strings.Builder) {
	for _, c := range n.children {
		if c.kind == xmlText {
			b.WriteString(c.text)
		} else {
			c.appendText(b)
		}
	}
}
