package workload

// This file reads a file: strictly, with the line of what is wrong.

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Read reads a workload, fills in preset and defaults, and checks it. Errors say the file's name,
// the line and the field.
func Read(name string, r io.Reader) (*Workload, error) { return ReadOver(name, r, Over{}) }

// Over is what comes from elsewhere and wins over a file; zero values leave the file alone.
type Over struct {
	// Questions gives users, queries and jobs, and how Spark is run where the file does not say.
	Questions *Workload
	Budget    float64
	Search    bool
}

// ReadOver reads a file of which some parts come from elsewhere.
func ReadOver(name string, r io.Reader, over Over) (*Workload, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := guard(text); err != nil {
		return nil, inFile(name, err)
	}
	file, err := parse(text)
	if err == nil {
		err = guardTree(file)
	}
	if err != nil {
		return nil, inFile(name, err)
	}
	var w Workload
	if err := decode(text, &w); err != nil {
		return nil, inFile(name, err)
	}
	if w.Preset != "" {
		if err := w.preset(); err != nil {
			return nil, fmt.Errorf("%s:%d: preset: %w", name, line(file, "preset"), err)
		}
		// The file's own fields win over the preset's.
		if err := decode(text, &w); err != nil {
			return nil, inFile(name, err)
		}
	}
	for i := range w.Shapes {
		w.Shapes[i].At = fmt.Sprintf("%s:%d", name, line(file, fmt.Sprintf("shapes[%d]", i)))
	}
	over.put(&w, file)
	w.withDefaults()
	if problems := w.check(); len(problems) > 0 {
		return nil, inLines(name, file, problems)
	}
	return &w, nil
}

func parse(text []byte) (file *ast.File, err error) {
	defer survive(&err)
	return parser.ParseBytes(text, 0)
}

func decode(text []byte, w *Workload) (err error) {
	defer survive(&err)
	return yaml.NewDecoder(strings.NewReader(string(text)), yaml.Strict()).Decode(w)
}

// survive turns a panic of the library, which broken files have caused, into an error.
func survive(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("is no YAML that can be read (%v)", p)
	}
}

// inFile turns the library's error into name:line: what.
func inFile(name string, err error) error {
	var own *lineError
	if errors.As(err, &own) {
		return fmt.Errorf("%s:%d: %w", name, own.line, own.err)
	}
	var where yaml.Error
	if !errors.As(err, &where) || where.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%s:%d: %s", name, where.GetToken().Position.Line, plain(where))
}

// inLines is all problems as one error, in the order of the file.
func inLines(name string, file *ast.File, problems []problem) error {
	slices.SortStableFunc(problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(line(file, a.field), line(file, b.field)), cmp.Compare(a.field, b.field))
	})
	var all []error
	for _, p := range problems {
		all = append(all, fmt.Errorf("%s:%d: %s: %s", name, line(file, p.field), p.field, p.what))
	}
	return errors.Join(all...)
}

// line is where a field such as queries[1].stages[0].cpu stands, or the nearest field around it.
func line(file *ast.File, field string) int {
	for field != "" {
		if path, err := yaml.PathString("$." + field); err == nil {
			if node, err := path.FilterFile(file); err == nil && node != nil && node.GetToken() != nil {
				return node.GetToken().Position.Line
			}
		}
		cut := strings.LastIndexAny(field, ".[")
		if cut < 0 {
			break
		}
		field = field[:cut]
	}
	return 1
}

// UnmarshalYAML reads workers: the bare name of a type, or a list of groups.
func (w *Workers) UnmarshalYAML(node ast.Node) error {
	var groups []Group
	var err error
	switch node.(type) {
	case *ast.SequenceNode:
		err = yaml.NodeToValue(node, &groups, yaml.Strict())
	case *ast.MappingNode, *ast.MappingValueNode:
		groups = make([]Group, 1)
		err = yaml.NodeToValue(node, &groups[0], yaml.Strict())
	default:
		groups = make([]Group, 1)
		err = yaml.NodeToValue(node, &groups[0].Type)
	}
	*w = groups
	return err
}

func (o Over) put(w *Workload, file *ast.File) {
	if q := o.Questions; q != nil {
		w.Users, w.Queries, w.Jobs = q.Users, q.Queries, q.Jobs
		if !has(file, "spark") {
			w.Spark = q.Spark
		}
	}
	if o.Budget != 0 {
		w.Budget = o.Budget
	}
	if o.Search && w.Search == nil {
		w.Search = &Search{}
	}
}

// has says whether a file has a field.
func has(file *ast.File, field string) bool {
	path, err := yaml.PathString("$." + field)
	if err != nil {
		return false
	}
	node, err := path.FilterFile(file)
	return err == nil && node != nil
}

// problem is a field with what is wrong with it.
type problem struct{ field, what string }

// names of queries and jobs, in the file's order: the classes of mixes.
func (w *Workload) names() []string {
	var names []string
	for _, q := range w.Queries {
		names = append(names, q.Name)
	}
	for _, j := range w.Jobs {
		names = append(names, j.Name)
	}
	return names
}

// like is the known name nearest to an unknown one, for an error.
func like(name string, known []string) string {
	known = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == "" })
	if len(known) == 0 {
		return "there are none"
	}
	best := slices.MinFunc(known, func(a, b string) int { return apart(name, a) - apart(name, b) })
	return fmt.Sprintf("nearest is %q; there are %s", best, strings.Join(known, ", "))
}

// apart counts the letters in which two names differ, in both directions.
func apart(a, b string) int {
	n := 0
	for _, c := range a {
		if !strings.ContainsRune(b, c) {
			n++
		}
	}
	for _, c := range b {
		if !strings.ContainsRune(a, c) {
			n++
		}
	}
	return n
}
