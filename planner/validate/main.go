// Command validate holds the simulator against real Spark. tools/validate_planner.py runs the scenarios
// of scenarios.json; with -runs, this command condenses what it recorded into measured.json. It then
// calibrates on the scenarios meant for that, predicts the others and writes docs/planner-accuracy.md.
// The tests predict the stored measurements again, without Spark.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

func main() {
	runs := flag.String("runs", "", "folder that tools/validate_planner.py wrote")
	data := flag.String("data", "planner/validate/measured.json", "the condensed measurements")
	docs := flag.String("docs", "docs", "folder of the report")
	flag.Parse()
	if err := validate(context.Background(), *runs, *data, *docs); err != nil {
		fmt.Fprintln(os.Stderr, "validate:", err)
		os.Exit(1)
	}
}

func validate(ctx context.Context, runs, data, docs string) error {
	spec, err := readSpec()
	if err != nil {
		return err
	}
	if runs != "" {
		if err := condense(ctx, spec, runs, data); err != nil {
			return err
		}
	}
	measured, err := readMeasured(data)
	if err != nil {
		return err
	}
	c, err := compare(ctx, spec, measured)
	if err != nil {
		return err
	}
	if err := c.write(docs); err != nil {
		return err
	}
	fmt.Print(c.summary())
	return nil
}
