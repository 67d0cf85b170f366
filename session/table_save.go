package session

// This file is df.write.saveAsTable and insertInto.

import (
	"context"
	"slices"
	"strings"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// saveTable is df.write.saveAsTable, and insertInto.
func (s *Session) saveTable(ctx context.Context, c *plan.WriteFiles, q Query, acc *account) (*table, error) {
	if c.InsertInto {
		if len(c.PartitionBy) > 0 {
			return nil, fault.New("_LEGACY_ERROR_TEMP_1309")
		}
		return s.insert(ctx, &plan.Insert{CommandBase: c.CommandBase, Table: c.Table, Overwrite: c.Mode == "overwrite", Query: c.Query}, q, acc)
	}
	if len(c.BucketBy) > 0 || len(c.SortBy) > 0 {
		return nil, fault.Unsupported("writing buckets")
	}
	was, exists := s.names.Stored(c.Table)
	if !exists {
		if err := s.tablesElsewhere("saveAsTable"); err != nil {
			return nil, err
		}
	}
	return s.onceOnly(ctx, q, func() (*table, error) { return nothing(), s.saveHere(ctx, was, c, q, acc) })
}

func (s *Session) saveHere(ctx context.Context, was *catalog.Stored, c *plan.WriteFiles, q Query, acc *account) error {
	t, err := s.newTable(c.Table)
	if err != nil {
		return err
	}
	t.Format, t.PartitionBy = c.Format, slices.Clone(c.PartitionBy)
	options := c.Options
	if c.Path != "" {
		options = map[string]string{"path": c.Path}
		for key, value := range c.Options {
			options[key] = value
		}
	}
	if err := s.located(t, "", options, false); err != nil {
		return err
	}
	switch {
	case was == nil || c.Mode == "overwrite":
		return s.createAs(ctx, t, was, c.Query, q, acc)
	case c.Mode == "ignore":
		return nil
	case c.Mode == "append":
		return s.appendByName(ctx, was, t, c, q, acc)
	}
	return alreadyThere(was)
}

// providers are the formats as Spark calls their code.
var providers = map[string]string{"parquet": "ParquetDataSourceV2", "csv": "CSVDataSourceV2", "json": "JsonDataSourceV2", "text": "TextDataSourceV2"}

// appendByName adds rows to a table whose columns are found by their names; as says how the rows
// were to be kept.
func (s *Session) appendByName(ctx context.Context, t, as *catalog.Stored, c *plan.WriteFiles, q Query, acc *account) error {
	settings := s.Conf().Settings()
	name := strings.Join(t.Qualified(), ".")
	if t.Format != as.Format {
		return fault.New("_LEGACY_ERROR_TEMP_1159", "tableName", name, "existingProvider", providers[t.Format], "specifiedProvider", providers[as.Format])
	}
	resolved, err := s.analyze(ctx, c.Query, settings, acc)
	if err != nil {
		return err
	}
	if err := matches(t, plan.Output(resolved), c.PartitionBy, settings.CaseSensitive); err != nil {
		return err
	}
	rel, err := s.localize(ctx, c.Query)
	if err != nil {
		return err
	}
	target := analyze.Target{Name: t.Qualified(), Columns: t.Columns.Fields, Partition: t.PartitionBy, ByName: true, At: c.Pos}
	stores, err := analyze.Insert(ctx, rel, target, s.env(settings))
	if err != nil {
		return err
	}
	return s.fill(ctx, t, stores.Plan, filling{change: catalog.Change{Was: t, Now: t}, stores: stores}, q, acc)
}

// matches compares rows that are to be appended with the table.
func matches(t *catalog.Stored, out []*plan.Column, partitionBy []string, sensitive bool) error {
	name := strings.Join(t.Qualified(), ".")
	if len(out) != len(t.Columns.Fields) {
		return fault.New("_LEGACY_ERROR_TEMP_1161", "tableName", name, "existingTableSchema", t.Columns.String(),
			"querySchema", analyze.Schema(out).String())
	}
	same := func(a, b string) bool { return a == b || !sensitive && strings.EqualFold(a, b) }
	names := make([]string, len(out))
	for i, c := range out {
		names[i] = c.Name
	}
	for _, f := range t.Columns.Fields {
		if !slices.ContainsFunc(names, func(n string) bool { return same(n, f.Name) }) {
			return fault.New("_LEGACY_ERROR_TEMP_1162", "col", f.Name, "inputColumns", strings.Join(names, ", "))
		}
	}
	if !slices.EqualFunc(partitionBy, t.PartitionBy, same) {
		return fault.New("_LEGACY_ERROR_TEMP_1163", "tableName", name,
			"specifiedPartCols", strings.Join(partitionBy, ", "), "existingPartCols", strings.Join(t.PartitionBy, ", "))
	}
	return nil
}
