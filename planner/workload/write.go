package workload

// This file writes what Read reads.

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Write writes a workload as a file; what is zero is left out, so that it means the default. Notes come first, as comments.
func Write(out io.Writer, w *Workload, notes ...string) error {
	for _, n := range notes {
		if _, err := fmt.Fprintln(out, "# "+strings.ReplaceAll(n, "\n", "\n# ")); err != nil {
			return err
		}
	}
	return yaml.NewEncoder(out, yaml.OmitZero(),
		yaml.CustomMarshaler(func(s Seconds) ([]byte, error) { return digits(float64(s), "s"), nil }),
		yaml.CustomMarshaler(func(b Bytes) ([]byte, error) { return size(b), nil }),
		yaml.CustomMarshaler(func(r Rate) ([]byte, error) { return digits(float64(r), "/s"), nil }),
	).Encode(w)
}

// digits is a number with its unit.
func digits(v float64, unit string) []byte {
	return append(strconv.AppendFloat(nil, v, 'g', -1, 64), unit...)
}

// size is in the largest unit of which it is a small number of tenths.
func size(b Bytes) []byte {
	for _, unit := range []string{"TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "kB"} {
		if tenths := 10 * float64(b) / sizeUnits[unit]; tenths >= 10 && tenths == math.Trunc(tenths) {
			return digits(tenths/10, unit)
		}
	}
	return digits(float64(b), "B")
}
