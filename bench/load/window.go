package main

// This file is what is found in a stretch of time, and its arithmetic.

import (
	"fmt"
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"shoal/internal/sparkclient"
)

// window is what happened in some seconds of one kind of load, over all rounds.
type window struct {
	server *server
	start  time.Time
	before cpuTimes

	mu        sync.Mutex
	latencies []time.Duration // of what was answered
	late      []time.Duration // between the time meant and the time sent
	errors    map[string]int

	length      time.Duration
	used        cpuTimes
	roundsP95   []time.Duration
	heavyDone   int
	heavyPerMin []float64
	heavyErrors map[string]int
}

// cpuTimes are CPU times of the server, of this client, and of all else on the machine: who shares it with others should
// not trust what he measures.
type cpuTimes struct{ server, client, others time.Duration }

func (s *server) cpuTimes() cpuTimes {
	t := cpuTimes{server: s.cpu(), client: ownCPU()}
	t.others = machineCPU() - t.server - t.client
	return t
}

func (t cpuTimes) plus(o cpuTimes, times time.Duration) cpuTimes {
	return cpuTimes{t.server + times*o.server, t.client + times*o.client, t.others + times*o.others}
}

func begin(s *server) *window {
	return &window{server: s, before: s.cpuTimes(), start: time.Now(), errors: map[string]int{}, heavyErrors: map[string]int{}}
}

// end fixes the time and what was used in it; answers still on their way are yet added.
func (w *window) end() {
	w.length, w.used = time.Since(w.start), w.server.cpuTimes().plus(w.before, -1)
}

func (w *window) add(latency, late time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.errors[class(err)]++
		return
	}
	w.latencies = append(w.latencies, latency)
	w.late = append(w.late, late)
}

func class(err error) string {
	if err == errNoRows {
		return err.Error()
	}
	return sparkclient.ErrorClass(err)
}

func (w *window) failed() (n int) {
	for _, count := range w.errors {
		n += count
	}
	return n
}

// join adds another round.
func (w *window) join(o *window) {
	w.latencies, w.late = append(w.latencies, o.latencies...), append(w.late, o.late...)
	w.roundsP95 = append(w.roundsP95, percentile(o.latencies, 95))
	w.length, w.used = w.length+o.length, w.used.plus(o.used, 1)
	w.heavyDone, w.heavyPerMin = w.heavyDone+o.heavyDone, append(w.heavyPerMin, o.heavyPerMin...)
	for class, n := range o.errors {
		w.errors[class] += n
	}
	for class, n := range o.heavyErrors {
		w.heavyErrors[class] += n
	}
}

// percentile is the smallest value that at least p of a hundred are not above (nearest rank).
func percentile(values []time.Duration, p float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / max(1, float64(len(values)))
}

// cpuShare is the share of all CPUs that server and client used.
func (w *window) cpuShare() float64 {
	return w.cores(w.used.server+w.used.client) / float64(runtime.NumCPU())
}

// cores is how many CPUs were busy on the average.
func (w *window) cores(used time.Duration) float64 { return used.Seconds() / w.length.Seconds() }

// summary is a window for a reader.
type summary struct {
	Window       string         `json:"window"`
	Seconds      float64        `json:"seconds"`
	Answers      int            `json:"answers"`
	PerSecond    float64        `json:"answers_per_second"`
	P50          float64        `json:"p50_ms"`
	P95          float64        `json:"p95_ms"`
	P99          float64        `json:"p99_ms"`
	Max          float64        `json:"max_ms"`
	RoundsP95    []float64      `json:"p95_ms_of_each_round"`
	SentLateP95  float64        `json:"sent_late_p95_ms"`
	Failed       int            `json:"errors"`
	Errors       map[string]int `json:"errors_by_class,omitempty"`
	ServerCPU    float64        `json:"server_cpu_cores"`
	ClientCPU    float64        `json:"client_cpu_cores"`
	OthersCPU    float64        `json:"others_cpu_cores"`
	HeavyAnswers int            `json:"heavy_answers,omitempty"`
	HeavyPerMin  float64        `json:"heavy_answers_per_minute,omitempty"`
	HeavyErrors  map[string]int `json:"heavy_errors_by_class,omitempty"`
}

func (w *window) summary(name string) summary {
	s := summary{
		Window: name, Seconds: round(w.length.Seconds(), 1), Answers: len(w.latencies),
		PerSecond: round(float64(len(w.latencies))/w.length.Seconds(), 1),
		P50:       ms(percentile(w.latencies, 50)), P95: ms(percentile(w.latencies, 95)),
		P99: ms(percentile(w.latencies, 99)), Max: ms(percentile(w.latencies, 100)),
		SentLateP95: ms(percentile(w.late, 95)), Failed: w.failed(), Errors: w.errors,
		ServerCPU: round(w.cores(w.used.server), 2), ClientCPU: round(w.cores(w.used.client), 2), OthersCPU: round(w.cores(w.used.others), 2),
		HeavyAnswers: w.heavyDone, HeavyPerMin: round(mean(w.heavyPerMin), 1), HeavyErrors: w.heavyErrors,
	}
	for _, p95 := range w.roundsP95 {
		s.RoundsP95 = append(s.RoundsP95, ms(p95))
	}
	return s
}

func ms(d time.Duration) float64 { return round(d.Seconds()*1e3, 2) }

func round(x float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(x*scale) / scale
}

// result is what a phase found of a server: its windows in order, and the figures that follow from them.
type result struct {
	Server  string             `json:"server"`
	Rate    float64            `json:"arrivals_per_second"`
	Windows []summary          `json:"windows"`
	Figures map[string]float64 `json:"figures,omitempty"`
	Series  map[string][]point `json:"series,omitempty"`

	names   []string
	windows map[string]*window
}

// point is a value at a second.
type point struct {
	At    float64 `json:"second"`
	Value float64 `json:"value"`
}

// add joins a round's window to those of that name, and returns them all.
func (r *result) add(name string, w *window) {
	if r.windows == nil {
		r.windows = map[string]*window{}
	}
	all, ok := r.windows[name]
	if !ok {
		all = &window{server: w.server, errors: map[string]int{}, heavyErrors: map[string]int{}}
		r.windows[name], r.names = all, append(r.names, name)
	}
	all.join(w)
	r.Windows = nil
	for _, name := range r.names {
		r.Windows = append(r.Windows, r.windows[name].summary(name))
	}
}

// figure notes a number; its name says the unit.
func (r *result) figure(name string, value float64) {
	if r.Figures == nil {
		r.Figures = map[string]float64{}
	}
	r.Figures[name] = round(value, 3)
}

func (r *result) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\tanswers/s\tp50 ms\tp95 ms\tp99 ms\tmax ms\terrors\theavies/min\tCPUs: server\tclient\tothers\t\n", r.Server)
	for _, w := range r.Windows {
		fmt.Fprintf(table, "%s\t%g\t%g\t%g\t%g\t%g\t%d\t%g\t%g\t%g\t%g\t\n",
			w.Window, w.PerSecond, w.P50, w.P95, w.P99, w.Max, w.Failed, w.HeavyPerMin, w.ServerCPU, w.ClientCPU, w.OthersCPU)
	}
	table.Flush()
	for _, name := range slices.Sorted(maps.Keys(r.Figures)) {
		fmt.Fprintf(out, "%s: %g\n", strings.ReplaceAll(name, "_", " "), r.Figures[name])
	}
	for _, w := range r.Windows {
		for class, n := range w.Errors {
			fmt.Fprintf(out, "errors in %s: %d x %s\n", w.Window, n, class)
		}
		for class, n := range w.HeavyErrors {
			fmt.Fprintf(out, "errors of heavies in %s: %d x %s\n", w.Window, n, class)
		}
	}
	fmt.Fprintln(out)
}
