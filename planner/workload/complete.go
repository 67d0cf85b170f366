package workload

// This file takes workloads that no file holds.

import (
	"errors"
	"fmt"
)

// Complete fills in the defaults of a workload that was made by code, and checks it as Read does.
func (w *Workload) Complete() error {
	w.withDefaults()
	var all []error
	for _, p := range w.check() {
		all = append(all, fmt.Errorf("%s: %s: %s", w.Name, p.field, p.what))
	}
	return errors.Join(all...)
}
