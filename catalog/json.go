package catalog

// This file finds the columns of JSON files.

import (
	"golang.org/x/sync/errgroup"

	"shoal/plan"
	"shoal/textfile"
)

func (q *query) jsonSchema(files []plan.File) (plan.Struct, error) {
	j, err := textfile.NewJSON(q.read.Options, q.zone(), q.corrupt())
	if err != nil {
		return plan.Struct{}, err
	}
	if err := q.wholeSample(); err != nil {
		return plan.Struct{}, err
	}
	return q.remembered(files, func() (plan.Struct, error) { return q.inferJSON(files, j) })
}

// inferJSON reads all files, several at a time.
func (q *query) inferJSON(files []plan.File, j *textfile.JSON) (plan.Struct, error) {
	found := make([]*textfile.Inference, len(files))
	var g errgroup.Group
	g.SetLimit(4)
	for i, f := range files {
		found[i] = j.Infer()
		g.Go(func() error {
			if q.ctx.Err() != nil {
				return q.ctx.Err()
			}
			return found[i].File(f.Path)
		})
	}
	if err := g.Wait(); err != nil {
		return plan.Struct{}, err
	}
	all := j.Infer()
	for _, n := range found {
		if err := all.Merge(n.Root()); err != nil {
			return plan.Struct{}, err
		}
	}
	return all.Schema(), nil
}

// jsonTakes tells which types a column of JSON files may have.
func jsonTakes(t plan.Type) bool {
	_, unknown := t.(plan.Unsupported)
	return !unknown && !plan.HasUDT(t)
}
