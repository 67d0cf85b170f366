package duckdb

// This file holds skewness and kurtosis, computed value by value as Spark does.

import "math"

var momentFuncs = []udf{
	{name: "shoal_skewness", params: []sqlType{tDoubles}, returns: tDouble, call: moment(func(m *moments) float64 {
		return math.Sqrt(m.n) * m.m3 / math.Sqrt(float64(m.m2*m.m2)*m.m2)
	})},
	{name: "shoal_kurtosis", params: []sqlType{tDoubles}, returns: tDouble, call: moment(func(m *moments) float64 {
		return float64(m.n*m.m4)/float64(m.m2*m.m2) - 3
	})},
}

// moments are the number and mean of some values, and the sums of the powers of their distances from it.
type moments struct{ n, mean, m2, m3, m4 float64 }

// add takes one more value. Source: org.apache.spark.sql.catalyst.expressions.aggregate.CentralMomentAgg.
func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	step := d / m.n
	m.mean += step
	d2, step2 := float64(d*d), float64(step*step)
	m.m2 += float64(d * (d - step))
	m.m3 = m.m3 - float64(3*step*m.m2) + float64(d*(d2-step2))
	m.m4 = m.m4 - float64(4*step*m.m3) - float64(6*step2*m.m2) + float64(d*(float64(d*d2)-float64(step*step2)))
}

// moment computes one of them of each list; it is NULL where the values do not differ.
func moment(of func(*moments) float64) func(c *call) error {
	return func(c *call) error {
		values, out := lists[float64](c, 0), result[float64](c)
		for i := range c.live {
			var m moments
			for _, x := range values(i) {
				m.add(x)
			}
			if m.m2 == 0 {
				c.setNull(i)
				continue
			}
			out[i] = of(&m)
		}
		return nil
	}
}
