package local

// This file asks master, workers and driver how they are, over their pages' JSON on the loopback.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// rest asks. Its answers are Spark's own, of which we keep what we use.
type rest struct{ client *http.Client }

func newREST(timeout time.Duration) rest {
	return rest{&http.Client{Timeout: timeout, Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}}
}

func (r rest) get(ctx context.Context, url string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 64<<20)).Decode(v)
}

// masterJSON is what the master says.
type masterJSON struct {
	Status  string `json:"status"` // ALIVE, RECOVERING
	Workers []struct {
		Host  string `json:"host"`
		Port  int    `json:"port"`
		State string `json:"state"` // ALIVE, DECOMMISSIONED, UNKNOWN, DEAD
	} `json:"workers"`
}

// registered tells whether the master counts on a worker.
func (m masterJSON) registered(p place) bool {
	for _, w := range m.Workers {
		if w.Host == p.Host && w.Port == p.Port && w.State == "ALIVE" {
			return true
		}
	}
	return false
}

// workerJSON is what a worker says.
type workerJSON struct {
	Executors []json.RawMessage `json:"executors"`
}

// executor is what the driver says of one.
type executor struct {
	ID      string `json:"id"`
	Address string `json:"hostPort"`
	Active  bool   `json:"isActive"`
	Tasks   int    `json:"activeTasks"`
	Read    int64  `json:"totalShuffleRead"`
	Written int64  `json:"totalShuffleWrite"`
}

// load is what a worker does for queries.
type load struct {
	Tasks    int
	Shuffled int64
}

// loads adds up the executors of each host, those that ended too.
func loads(all []executor) map[string]load {
	sums := map[string]load{}
	for _, e := range all {
		host, _, err := net.SplitHostPort(e.Address)
		if err != nil || e.ID == "driver" {
			continue
		}
		l := sums[host]
		l.Shuffled += e.Read + e.Written
		if e.Active {
			l.Tasks += e.Tasks
		}
		sums[host] = l
	}
	return sums
}

func (r rest) master(ctx context.Context, p ports) (m masterJSON, err error) {
	return m, r.get(ctx, fmt.Sprintf("http://%s:%d/json/", masterHost, p.MasterUI), &m)
}

func (r rest) worker(ctx context.Context, p place) (w workerJSON, err error) {
	return w, r.get(ctx, fmt.Sprintf("http://%s:%d/json/", p.Host, p.UI), &w)
}

// application is the driver's id for itself.
func (r rest) application(ctx context.Context, p ports) (string, error) {
	var apps []struct {
		ID string `json:"id"`
	}
	if err := r.get(ctx, driverURL(p, ""), &apps); err != nil {
		return "", err
	}
	if len(apps) == 0 {
		return "", fmt.Errorf("the driver has no application")
	}
	return apps[0].ID, nil
}

func (r rest) executors(ctx context.Context, p ports) ([]executor, error) {
	id, err := r.application(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []executor
	return all, r.get(ctx, driverURL(p, "/"+id+"/allexecutors"), &all)
}

func driverURL(p ports, path string) string {
	return fmt.Sprintf("http://%s:%d/api/v1/applications%s", masterHost, p.DriverUI, path)
}

// greeting is how HTTP/2 begins, with empty settings; a server answers it with its own settings.
const greeting = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// speaksHTTP2 tells whether a gRPC server answers there, without a client of its protocol.
func speaksHTTP2(ctx context.Context, port int) error {
	d := net.Dialer{}
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("%s:%d", masterHost, port))
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	if _, err := io.Copy(conn, strings.NewReader(greeting)); err != nil {
		return err
	}
	frame := make([]byte, 9)
	if _, err := io.ReadFull(conn, frame); err != nil {
		return err
	}
	if frame[3] != 4 {
		return fmt.Errorf("port %d is taken by something that is no Spark Connect server", port)
	}
	return nil
}
