package session

// This file is about single partitions of Shoal's own tables. They are the folders that hold files: see catalog/DESIGN.md.

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// partitionSpec is what a PARTITION clause says, for each of the table's partition columns.
type partitionSpec []partitionColumn

type partitionColumn struct {
	name  string
	given bool
	value string // "" is NULL, too
}

// partitionSpec computes the values of a PARTITION clause.
func (s *Session) partitionSpec(ctx context.Context, t *catalog.Stored, values map[string]plan.Expr) (partitionSpec, error) {
	spec := make(partitionSpec, len(t.PartitionBy))
	for i, p := range t.PartitionBy {
		spec[i].name = p
		e, ok := values[strings.ToLower(p)]
		if !ok {
			continue
		}
		var err error
		if spec[i].value, err = s.constant(ctx, e); err != nil {
			return nil, err
		}
		spec[i].given = true
	}
	return spec, nil
}

// partition resolves a PARTITION clause.
func (s *Session) partition(ctx context.Context, t *catalog.Stored, clause []plan.PartitionValue, at plan.Pos) (partitionSpec, error) {
	target := analyze.Target{Name: t.Qualified(), Columns: t.Columns.Fields, Partition: t.PartitionBy, Static: clause, At: at}
	values, err := analyze.PartitionValues(ctx, target, s.env(s.Conf().Settings()))
	if err != nil {
		return nil, err
	}
	return s.partitionSpec(ctx, t, values)
}

// holds tells whether a file or folder, named from the table's folder on, is in the partition.
func (p partitionSpec) holds(name string) bool {
	parts := strings.Split(name, "/")
	for i, c := range p {
		if !c.given {
			continue
		}
		if i >= len(parts) {
			return false
		}
		column, value, _ := strings.Cut(parts[i], "=")
		want := hiveNull
		if c.value != "" {
			want = escapePath(c.value)
		}
		if !strings.EqualFold(column, escapePath(c.name)) || value != want {
			return false
		}
	}
	return true
}

// whole tells whether all columns are given.
func (p partitionSpec) whole() bool {
	return !slices.ContainsFunc(p, func(c partitionColumn) bool { return !c.given })
}

// String is the partition as Spark's errors name it.
func (p partitionSpec) String() string {
	var all []string
	for _, c := range p {
		if c.given {
			all = append(all, plan.Quote(c.name)+" = "+c.value)
		}
	}
	return "PARTITION (" + strings.Join(all, ", ") + ")"
}

// partitionFolders lists a table's partitions.
func (s *Session) partitionFolders(ctx context.Context, t *catalog.Stored) ([]string, error) {
	if len(t.PartitionBy) == 0 {
		return nil, fault.New("INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY", "name", plan.QuoteParts(t.Qualified()))
	}
	scan, err := s.room.Catalog.ScanStored(ctx, t, nil, s.Conf().Settings())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range scan.Files {
		if name, err := filepath.Rel(t.Location, filepath.Dir(f.Path)); err == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// showPartitions is SHOW PARTITIONS.
func (s *Session) showPartitions(ctx context.Context, t *catalog.Stored, c *plan.Show) (*table, error) {
	names, err := s.partitionFolders(ctx, t)
	if err != nil {
		return nil, err
	}
	if len(c.Partition) > 0 {
		spec, err := s.partition(ctx, t, c.Partition, c.Pos)
		if err != nil {
			return nil, err
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !spec.holds(name) })
	}
	return showNames("partition", names), nil
}

// alterPartitions is ALTER TABLE ... ADD and DROP PARTITION.
func (s *Session) alterPartitions(ctx context.Context, c *plan.AlterPartitions) (*table, error) {
	verb := "ADD"
	if c.Drop {
		verb = "DROP"
	}
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... "+verb+" PARTITION ...")
	if err != nil {
		return nil, err
	}
	if len(t.PartitionBy) == 0 {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1251", "action", "ALTER TABLE "+verb+" PARTITION", "tableName", t.Name)
	}
	specs := make([]partitionSpec, len(c.Partitions))
	for i, clause := range c.Partitions {
		if specs[i], err = s.partition(ctx, t, clause, c.Pos); err != nil {
			return nil, err
		}
	}
	folders, err := s.partitionFolders(ctx, t)
	if err != nil {
		return nil, err
	}
	if c.Drop {
		return nothing(), s.dropPartitions(ctx, t, c, specs, folders)
	}
	return nothing(), addPartitions(t, c, specs, folders)
}

// addPartitions is for partitions that are there already: without files there are none.
func addPartitions(t *catalog.Stored, c *plan.AlterPartitions, specs []partitionSpec, folders []string) error {
	for i, spec := range specs {
		if !spec.whole() {
			var keys []string
			for _, v := range c.Partitions[i] {
				keys = append(keys, v.Name)
			}
			return fault.New("_LEGACY_ERROR_TEMP_1232", "specKeys", strings.Join(keys, ", "),
				"partitionColumnNames", strings.Join(t.PartitionBy, ", "), "tableName", plan.QuoteParts(t.Qualified()))
		}
		switch there := slices.ContainsFunc(folders, spec.holds); {
		case !there:
			return fault.Unsupported("ALTER TABLE ... ADD PARTITION of one that has no files")
		case len(specs) == 1 && !c.Lenient:
			return fault.New("PARTITIONS_ALREADY_EXIST", "partitionList", spec.String(), "tableName", plan.QuoteParts([]string{t.Database, t.Name}))
		case !c.Lenient:
			return fault.Unsupported("ALTER TABLE ... ADD of several partitions that are there")
		}
	}
	return nil
}

func (s *Session) dropPartitions(ctx context.Context, t *catalog.Stored, c *plan.AlterPartitions, specs []partitionSpec, folders []string) error {
	if t.External {
		return fault.Unsupported("ALTER TABLE ... DROP PARTITION of a table whose files stay")
	}
	var missing []string
	for _, spec := range specs {
		if !spec.whole() && c.Lenient {
			return fault.Unsupported("ALTER TABLE ... DROP IF EXISTS PARTITION of a part of the columns")
		}
		if !spec.whole() || !slices.ContainsFunc(folders, spec.holds) {
			missing = append(missing, spec.String())
		}
	}
	if len(missing) > 0 && !c.Lenient {
		return fault.New("PARTITIONS_NOT_FOUND", "partitionList", strings.Join(missing, ", "), "tableName", plan.QuoteParts([]string{t.Database, t.Name}))
	}
	return s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: t, Replaces: func(name string) bool {
		return slices.ContainsFunc(specs, func(spec partitionSpec) bool { return spec.holds(name) })
	}})
}

// truncatePartition is TRUNCATE TABLE ... PARTITION, as far as no partition is left without files.
func (s *Session) truncatePartition(ctx context.Context, t *catalog.Stored, c *plan.TruncateTable) error {
	if len(t.PartitionBy) == 0 {
		return fault.New("_LEGACY_ERROR_TEMP_1267", "tableIdentWithDB", plan.QuoteParts(t.Qualified()))
	}
	spec, err := s.partition(ctx, t, c.Partition, c.Pos)
	if err != nil {
		return err
	}
	folders, err := s.partitionFolders(ctx, t)
	switch {
	case err != nil:
		return err
	case slices.ContainsFunc(folders, spec.holds):
		return fault.Unsupported("TRUNCATE TABLE ... PARTITION, which leaves an empty partition; ALTER TABLE ... DROP PARTITION leaves none")
	case spec.whole():
		return fault.New("PARTITIONS_NOT_FOUND", "partitionList", spec.String(), "tableName", plan.QuoteParts([]string{t.Database, t.Name}))
	}
	return nil
}
