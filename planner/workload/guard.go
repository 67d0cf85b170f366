package workload

// This file refuses files that are no workload before they cost time or memory: nested without end,
// grown by aliases, in other encodings.

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

const (
	maxFile     = 1 << 20 // more than any workload needs
	maxDepth    = 40      // brackets and dashes inside each other; a workload has at most six
	maxBrackets = 20_000
	maxNodes    = 200_000 // values, each alias counted as all that it stands for
)

// guard looks at the text before it is parsed, for the parser takes memory for each open bracket.
func guard(text []byte) error {
	switch {
	case len(text) > maxFile:
		return fmt.Errorf("larger than %d MiB", maxFile>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return fmt.Errorf("the file is empty")
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return fmt.Errorf("is no UTF-8 text")
	}
	open, all, n := 0, 0, 0
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		n++
		depth := leading(line)
		for i, c := range line {
			if c == '#' && (i == 0 || line[i-1] == ' ') {
				break // a comment
			}
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open+depth > maxDepth {
				return &lineError{n, fmt.Errorf("nested more than %d deep", maxDepth)}
			}
		}
		// Whatever quotes and comments hide from the count above.
		if all += bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{")); all > maxBrackets {
			return &lineError{n, fmt.Errorf("more than %d brackets", maxBrackets)}
		}
	}
	return nil
}

// leading is how deep a line's beginning nests: its dashes and question marks, and its indentation.
func leading(line []byte) int {
	depth := 0
	for i, c := range line {
		switch {
		case (c == '-' || c == '?') && (i+1 == len(line) || line[i+1] == ' '):
			depth++
		case c != ' ':
			return depth + i/16
		}
	}
	return depth
}

// whole are the fields that count things; the library would cut a fraction off silently.
var whole = map[string]bool{"count": true, "tasks": true, "partitions": true, "iterations": true, "runs": true, "seed": true, "top": true,
	"max_nodes": true, "max_active": true, "executor_cores": true, "volumes": true, "gib": true}

// walker counts what a file holds once its aliases are written out.
type walker struct {
	anchors map[string]int
	err     error
}

// guardTree looks at the parsed file before it is decoded.
func guardTree(file *ast.File) error {
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		return &lineError{file.Docs[1].Body.GetToken().Position.Line, fmt.Errorf("a second document; a workload is one")}
	}
	w := &walker{anchors: map[string]int{}}
	for _, d := range file.Docs {
		if d.Body != nil {
			w.size(d.Body, "")
		}
	}
	return w.err
}

func (w *walker) fail(n ast.Node, format string, args ...any) {
	if w.err == nil {
		w.err = &lineError{n.GetToken().Position.Line, fmt.Errorf(format, args...)}
	}
}

// size is the values under a node, which stands under a key.
func (w *walker) size(n ast.Node, key string) int {
	sum := 1
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			sum += w.size(v, key)
		}
	case *ast.MappingValueNode:
		name := n.Key.String()
		if key == "mix" {
			name = "" // its keys are names of queries
		}
		sum += w.size(n.Value, name)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			sum += w.size(v, key)
		}
	case *ast.TagNode:
		w.fail(n, "the tag %s; a workload has none", n.Start.Value)
	case *ast.AnchorNode:
		sum += w.size(n.Value, key)
		w.anchors[n.Name.String()] = sum
	case *ast.AliasNode:
		known, ok := w.anchors[n.Value.String()]
		if !ok {
			w.fail(n, "no anchor &%s before this alias", n.Value)
		}
		sum += known
	case *ast.FloatNode:
		if whole[key] && n.Value != math.Trunc(n.Value) {
			w.fail(n, "%s: %v is no whole number", key, n.Value)
		}
	}
	if sum > maxNodes {
		w.fail(n, "too large with its aliases written out")
		return maxNodes
	}
	return sum
}

var goTypes = regexp.MustCompile(`^cannot unmarshal (\S+) into Go (?:struct field \S+|value) of type (\S+)`)

// plain says in a person's words what the library says in Go's.
func plain(err yaml.Error) string {
	message := []byte(err.GetMessage())
	if i := bytes.IndexByte(message, '\n'); i >= 0 {
		message = message[:i]
	}
	found := goTypes.FindSubmatch(message)
	if found == nil {
		return string(message)
	}
	what := "a number"
	switch kind := string(found[2]); kind {
	case "int", "uint64":
		what = "a whole number in range"
	case "string":
		what = "text"
	case "bool":
		what = "true or false"
	case "float64":
	default:
		what = "something else"
	}
	return fmt.Sprintf("expected %s, not %s", what, found[1])
}
