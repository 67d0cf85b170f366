package main

// This file draws measured against predicted times.

import (
	"fmt"
	"math"
	"strings"
)

const (
	side   = 520 // of the picture
	margin = 56
)

// picture is a scatter plot on two logarithmic axes, with lines at no error and at 25 %. Its colours are
// legible on light and on dark ground.
func (c *Comparison) picture() string {
	low, high := math.Inf(1), 0.0
	for _, f := range c.Figures {
		low, high = min(low, f.Measured, f.Predicted), max(high, f.Measured, f.Predicted)
	}
	low, high = low/1.2, high*1.2
	at := func(v float64) float64 {
		return margin + (side-2*margin)*math.Log(v/low)/math.Log(high/low)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" role="img" aria-label="Predicted against measured seconds">`+"\n", side, side)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", side, side)
	for _, tick := range []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50} {
		if tick < low || tick > high {
			continue
		}
		x, y := at(tick), side-at(tick)
		fmt.Fprintf(&b, `<path d="M%.1f %d V%d M%d %.1f H%d" stroke="#dddddd"/>`, x, margin, side-margin, margin, y, side-margin)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%g</text><text x="%d" y="%.1f" text-anchor="end">%g</text>`+"\n", x, side-margin+16, tick, margin-6, y+4, tick)
	}
	for _, factor := range []float64{1, 1.25, 0.75} {
		dash := ""
		if factor != 1 {
			dash = "4 4"
		}
		from, to := max(low, low/factor), min(high, high/factor)
		fmt.Fprintf(&b, `<path d="M%.1f %.1f L%.1f %.1f" stroke="#555555" stroke-dasharray="%s"/>`+"\n", at(from), side-at(from*factor), at(to), side-at(to*factor), dash)
	}
	colours := map[string]string{"scheduling": "#1f6fb2", "cpu": "#c4500d"}
	for _, f := range c.Figures {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s" fill-opacity="0.7"><title>%s %s %s: measured %.2f s, predicted %.2f s</title></circle>`+"\n",
			at(f.Measured), side-at(f.Predicted), colours[f.Kind], f.Scenario, f.Query, f.What, f.Measured, f.Predicted)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">measured, seconds</text>`, side/2, side-14)
	fmt.Fprintf(&b, `<text x="16" y="%d" text-anchor="middle" transform="rotate(-90 16 %d)">predicted, seconds</text>`, side/2, side/2)
	fmt.Fprintf(&b, `<circle cx="%d" cy="24" r="4" fill="%s"/><text x="%d" y="28">scheduling</text>`, margin, colours["scheduling"], margin+10)
	fmt.Fprintf(&b, `<circle cx="%d" cy="24" r="4" fill="%s"/><text x="%d" y="28">CPU</text><text x="%d" y="28">dashed: 25 %% off</text>`+"\n</svg>\n", margin+100, colours["cpu"], margin+110, margin+170)
	return b.String()
}
