package spark

// This file asks the server's catalog how a table is kept.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"

	"shoal/engine"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
	"shoal/plan"
)

var _ engine.Tables = (*home)(nil)

// Near tells whether the server's files are ours: it is on this machine.
func (a Address) Near() bool {
	host, _, err := net.SplitHostPort(a.Host)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// errFar is why a server is not asked about a table.
var errFar = errors.New("the server is on another machine")

// Table tells how a table is kept. A server elsewhere may mean other files by the same path, and is not asked.
func (h *home) Table(ctx context.Context, s engine.State, name []string) (*engine.Table, error) {
	if !h.e.Address.Near() {
		return nil, errFar
	}
	text, err := h.ask(ctx, s, "DESCRIBE TABLE EXTENDED "+plan.QuoteParts(name)+" AS JSON", 0)
	if err != nil {
		return nil, err
	}
	return readTable(text), nil
}

// View asks whether a name is a view's.
func (h *home) View(ctx context.Context, s engine.State, name []string) (bool, error) {
	return h.listed(ctx, s, "SHOW VIEWS", name, 1)
}

// Function asks whether a name is that of a function in the catalog.
func (h *home) Function(ctx context.Context, s engine.State, name []string) (bool, error) {
	return h.listed(ctx, s, "SHOW USER FUNCTIONS", name, 0)
}

// listed tells whether a SHOW command lists a name in a column.
func (h *home) listed(ctx context.Context, s engine.State, show string, name []string, column int) (bool, error) {
	last := len(name) - 1
	pattern := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name[last])
	found, err := h.ask(ctx, s, show+" IN "+plan.QuoteParts(name[:last])+" LIKE '"+pattern+"'", column)
	return found != "", err
}

// ask runs a statement of our own, and gives the text in a column of its first row, "" for none.
func (h *home) ask(ctx context.Context, s engine.State, statement string, column int) (text string, err error) {
	request := &sparkpb.ExecutePlanRequest{Plan: &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{
		RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: statement}}}}}}
	err = h.Execute(ctx, s, engine.Execution{ID: uuid.NewString(), Request: request}, func(_ context.Context, m engine.Message) (err error) {
		r := m.Body.(*wire.Response)
		defer r.Free()
		if r.GetArrowBatch() != nil && text == "" {
			text, err = cell(r.Bytes(), column)
		}
		return err
	})
	return text, err
}

// cell is the text in a column of a batch's first row.
func cell(batch []byte, column int) (string, error) {
	r, err := ipc.NewReader(bytes.NewReader(batch))
	if err != nil {
		return "", err
	}
	defer r.Release()
	for r.Next() {
		record := r.RecordBatch()
		if int(record.NumCols()) <= column {
			return "", nil // a statement without rows to tell has no columns either
		}
		if texts, ok := record.Column(column).(*array.String); ok && texts.Len() > 0 {
			return strings.Clone(texts.Value(0)), nil
		}
	}
	return "", r.Err()
}

// description is what the server says of a table, of which these are the parts that matter.
type description struct {
	Type       string   `json:"type"`
	Provider   string   `json:"provider"`
	Location   string   `json:"location"`
	Partitions []string `json:"partition_columns"`
	Buckets    any      `json:"num_buckets"`
	Collation  string   `json:"collation"`
	Columns    []struct {
		Name     string    `json:"name"`
		Type     described `json:"type"`
		Nullable bool      `json:"nullable"`
		Comment  *string   `json:"comment"`
		Default  *string   `json:"default"`
	} `json:"columns"`
}

// described is a column's type.
type described struct {
	Name      string     `json:"name"`
	Collation string     `json:"collation"`
	Precision int        `json:"precision"`
	Scale     int        `json:"scale"`
	Element   *described `json:"element_type"`
	Nullable  *bool      `json:"element_nullable"`
}

// plainTypes are the types without parameters that tables may have here.
var plainTypes = map[string]plan.Type{
	"boolean": plan.Boolean, "tinyint": plan.Byte, "smallint": plan.Short, "int": plan.Int, "bigint": plan.Long, "float": plan.Float,
	"double": plan.Double, "string": plan.String, "binary": plan.Binary, "date": plan.Date, "timestamp_ltz": plan.Timestamp,
	"timestamp_ntz": plan.TimestampNTZ,
}

// plan gives the type; ok is false where Shoal leaves it to the server.
func (d described) plan() (t plan.Type, ok bool) {
	switch d.Name {
	case "decimal":
		return plan.Decimal{Precision: d.Precision, Scale: d.Scale}, true
	case "array":
		if d.Element == nil || d.Nullable == nil || !*d.Nullable {
			return nil, false
		}
		elem, ok := d.Element.plan()
		return plan.Array{Elem: elem, ContainsNull: true}, ok
	}
	t, ok = plainTypes[d.Name]
	return t, ok && plainText(d.Collation)
}

// plainText tells whether texts are compared byte by byte.
func plainText(collation string) bool { return collation == "" || collation == "UTF8_BINARY" }

// readTable gives the table if reading the Parquet files of its folder means what reading the table means. Not so where the
// catalog says more: partitions, defaults of columns that came later, columns that are never NULL, lengths of strings.
func readTable(text string) *engine.Table {
	var d description
	if json.Unmarshal([]byte(text), &d) != nil {
		return nil
	}
	where, err := url.Parse(d.Location)
	if d.Provider != "parquet" || d.Type != "MANAGED" && d.Type != "EXTERNAL" || len(d.Partitions) > 0 || d.Buckets != nil || !plainText(d.Collation) ||
		err != nil || where.Scheme != "file" || where.Host != "" || where.Path == "" || len(d.Columns) == 0 {
		return nil
	}
	t := &engine.Table{Format: d.Provider, Path: where.Path}
	for _, c := range d.Columns {
		kind, ok := c.Type.plan()
		if !ok || !c.Nullable || c.Default != nil || c.Comment != nil {
			return nil
		}
		t.Schema.Fields = append(t.Schema.Fields, plan.Field{Name: c.Name, Type: kind, Nullable: true})
	}
	return t
}
