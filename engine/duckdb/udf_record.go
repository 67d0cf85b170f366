package duckdb

// This file makes the functions whose types depend on a schema: from_json and its kin. They are
// made when a query first needs them, and stay.

import (
	"runtime/cgo"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/translate"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
	"shoal/textfile"
)

// made are the functions that an instance knows by now.
type made struct {
	mu    sync.Mutex
	names map[string]bool
}

// maxMade bounds them: DuckDB cannot forget one.
const maxMade = 20_000

// numbered finds a function by the number DuckDB has for it: its place among udfs or, above those,
// a handle.
func numbered(n uint64) *udf {
	if n < madeFrom {
		return &udfs[n]
	}
	return cgo.Handle(n - madeFrom).Value().(*udf)
}

const madeFrom = 1 << 20

// makeFunctions makes those functions known that are not yet.
func (e *Engine) makeFunctions(list []translate.Function) error {
	if len(list) == 0 {
		return nil
	}
	e.made.mu.Lock()
	defer e.made.mu.Unlock()
	for i := range list {
		if e.made.names[list[i].Name] {
			continue
		}
		if len(e.made.names) >= maxMade {
			return fault.Unsupported("more than %d schemas of from_json and the like in one server", maxMade)
		}
		if err := e.makeFunction(&list[i]); err != nil {
			return err
		}
		if e.made.names == nil {
			e.made.names = map[string]bool{}
		}
		e.made.names[list[i].Name] = true
	}
	return nil
}

func (e *Engine) makeFunction(f *translate.Function) error {
	u, err := recordFunction(f)
	if err != nil {
		return err
	}
	c, done, err := e.side()
	if err != nil {
		return err
	}
	defer done()
	s := u.function(madeFrom+uint64(cgo.NewHandle(u)), e.stops)
	defer bind.DestroyScalarFunction(&s)
	if bind.RegisterScalarFunction(c.c, s) != bind.StateSuccess {
		return fault.Internalf("duckdb: cannot register %s", f.Name)
	}
	return nil
}

// recordFunction is the function in Go.
func recordFunction(f *translate.Function) (*udf, error) {
	typed := sqlType{values: f.Type}
	switch f.Kind {
	case "from_json":
		from, err := textfile.NewFromJSON(f.Options, f.Type, f.Zone, f.Corrupt)
		return &udf{name: f.Name, params: []sqlType{tText}, returns: typed, call: fromText(f.Type, from.Reader)}, err
	case "from_csv":
		from, err := textfile.NewFromCSV(f.Options, f.Type, f.Zone, f.Corrupt)
		return &udf{name: f.Name, params: []sqlType{tText}, returns: typed, call: fromText(f.Type, from.Reader)}, err
	case "to_json":
		call := toText(f.Type, func() (writer, error) {
			w, err := textfile.NewJSONWriter(f.Options, f.Zone, !f.Keep)
			if err != nil {
				return nil, err
			}
			return w.Value, nil
		})
		return &udf{name: f.Name, params: []sqlType{typed}, returns: tText, call: call}, nil
	case "from_variant":
		return &udf{name: f.Name, params: []sqlType{tVariant}, returns: typed, call: fromVariant(f)}, nil
	case "to_variant":
		return &udf{name: f.Name, params: []sqlType{typed}, returns: tVariant, call: toVariant(f.Type)}, nil
	}
	call := toText(f.Type, func() (writer, error) {
		w, err := textfile.NewToCSV(f.Options, f.Type, f.Zone)
		if err != nil {
			return nil, err
		}
		return w.Value, nil
	})
	return &udf{name: f.Name, params: []sqlType{typed}, returns: tText, call: call}, nil
}

// fromText is a function that reads values of t from texts.
func fromText(t plan.Type, reader func() textfile.TextReader) func(*call) error {
	return func(c *call) error {
		read, in := reader(), arg[text](c, 0)
		return c.typedResults(t, func(i int) (textfile.Value, error) { return read(in[i].str()) })
	}
}

// typedResults stores values of type t.
func (c *call) typedResults(t plan.Type, value func(row int) (textfile.Value, error)) error {
	out := textfile.NewColumns([]plan.Type{t})
	defer out.Release()
	row := make([]textfile.Value, 1)
	for i := range c.live {
		for out.Rows() < i {
			out.Add(make([]textfile.Value, 1))
		}
		var err error
		if row[0], err = value(i); err != nil {
			return err
		}
		out.Add(row)
	}
	for out.Rows() < c.n {
		out.Add(make([]textfile.Value, 1))
	}
	values := out.Take()[0]
	defer values.Release()
	return fill(vectorOf(c.out), 0, t, values, 0, c.n)
}

// writer appends one value as text.
type writer func(b []byte, a arrow.Array, t plan.Type, row int) ([]byte, error)

// toText is a function that writes values of t as texts.
func toText(t plan.Type, begin func() (writer, error)) func(*call) error {
	return func(c *call) error {
		write, err := begin()
		if err != nil {
			return err
		}
		values, err := c.column(0, t)
		if err != nil {
			return err
		}
		defer values.Release()
		var out texts
		for i := range c.live {
			out.upTo(i)
			before := len(out.bytes)
			if out.bytes, err = write(out.bytes, values, t, i); err != nil {
				return err
			}
			if out.end(); len(out.bytes) == before { // to_csv of an empty line
				c.setNull(i)
			}
		}
		out.store(c.out, c.n)
		return nil
	}
}

// column is an argument of type t as an Arrow array.
func (c *call) column(i int, t plan.Type) (arrow.Array, error) {
	lt := bind.VectorGetColumnType(bind.Vector{Ptr: c.args[i].handle})
	defer bind.DestroyLogicalType(&lt)
	col, err := newColumn(arrowtype.ToArrow(t, "UTC"), lt, &pool{})
	if err != nil {
		return nil, fault.Internalf("%v", err)
	}
	col.add(c.args[i], 0, c.n)
	data := col.finish()
	defer data.Release()
	return array.MakeFromData(data), nil
}
