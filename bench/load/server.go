package main

// This file is what is known of a server: where it is, and what its process uses.

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
)

// server is who is measured. All but the target may be unknown.
type server struct {
	name   string
	target string
	params map[string]string
	pids   []int
	http   string
	tokens []string
	most   int // heavy questions at once that the client itself lets through; 0: all
}

// UnmarshalText reads the url of a --server flag.
func (s *server) UnmarshalText(text []byte) (err error) {
	if s.target, s.params, err = sparkclient.ParseURL(string(text)); err != nil {
		return err
	}
	if s.name = s.params["name"]; s.name == "" {
		s.name = "server"
	}
	for _, text := range strings.FieldsFunc(s.params["pid"], func(r rune) bool { return r == '+' }) {
		pid, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("pid: %w", err)
		}
		s.pids = append(s.pids, pid)
	}
	s.http = s.params["http"]
	if most := s.params["most"]; most != "" {
		if s.most, err = strconv.Atoi(most); err != nil || s.most < 1 {
			return fmt.Errorf("most: %q is no number of questions", most)
		}
	}
	if file := s.params["tokens"]; file != "" {
		s.tokens, err = readTokens(file)
	}
	return err
}

// readTokens reads the first word of each line of a token file, as shoal serve --token-file has it.
func readTokens(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var tokens []string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 2 && !strings.HasPrefix(line, "#") {
			tokens = append(tokens, words[0])
		}
	}
	return tokens, nil
}

// confs are the plans that set the parameters whose names begin so, in the session of a user.
func (s *server) confs(beginning string) (all []*sparkpb.Plan) {
	for _, key := range slices.Sorted(maps.Keys(s.params)) {
		if conf, ok := strings.CutPrefix(key, beginning); ok {
			all = append(all, sparkclient.SQL("SET "+conf+" = "+s.params[key]))
		}
	}
	return all
}

// tick is what /proc counts CPU time in.
const tick = time.Second / 100

// cpu is the CPU time that the server's processes have used, 0 where they are not known.
func (s *server) cpu() (used time.Duration) {
	for _, pid := range s.pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it may be gone: then no question is answered, which is noticed
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		used += ticks(fields[11:13]) // utime, stime
	}
	return used
}

// machineCPU is the CPU time that all processes of the machine have used.
func machineCPU() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 9 {
		return 0
	}
	return ticks(fields[1:4]) + ticks(fields[6:8]) // user, nice, system; irq, softirq
}

func ticks(fields []string) time.Duration {
	var sum int64
	for _, field := range fields {
		n, _ := strconv.ParseInt(field, 10, 64)
		sum += n
	}
	return time.Duration(sum) * tick
}

// rss is the resident memory of the server's processes in MB, 0 where they are not known.
func (s *server) rss() (mb float64) {
	for _, pid := range s.pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, after, _ := strings.Cut(string(text), "VmRSS:")
		if fields := strings.Fields(after); len(fields) > 0 {
			kB, _ := strconv.ParseFloat(fields[0], 64)
			mb += kB / 1024
		}
	}
	return mb
}

// goroutines is what the server's metrics say, 0 where they do not.
func (s *server) goroutines(ctx context.Context) float64 {
	if s.http == "" {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.http+"/metrics", nil)
	if err != nil {
		return 0
	}
	if len(s.tokens) > 0 {
		request.Header.Set("Authorization", "Bearer "+s.tokens[0])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return gauge(response.Body, "go_goroutines")
}

// gauge finds a metric without labels in Prometheus's text format.
func gauge(in io.Reader, name string) float64 {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return n
		}
	}
	return 0
}

// settle waits until the server does nothing: what an earlier window left must not be measured in the next.
func (s *server) settle(ctx context.Context) {
	const look = 200 * time.Millisecond
	for range 100 {
		before := s.cpu()
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		if s.cpu()-before <= look/10 {
			return
		}
	}
}

// ownCPU is the CPU time that this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
