package spark

// This file keeps slots of the server from queries that run for long.

import (
	"context"
	"fmt"
	"time"

	"shoal/engine"
)

// holdFor is how long one request holds slots.
const holdFor = time.Minute

// Hold has tasks that sleep for so long in slots of the server until ctx ends.
func (h *home) Hold(ctx context.Context, s engine.State, slots int, nap time.Duration) error {
	naps := slots * max(1, int(holdFor/nap))
	// A call of which Spark knows nothing is made for each row unless its argument is a constant; it gives NULL, and no rows are
	// left to be shuffled or sent.
	statement := fmt.Sprintf("SELECT * FROM (SELECT java_method('java.lang.Thread', 'sleep', %d + id - id) AS slept FROM range(0, %d, 1, %d)) WHERE slept IS NOT NULL",
		nap.Milliseconds(), naps, naps)
	for ctx.Err() == nil {
		if _, err := h.ask(ctx, s, statement, 0); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}
