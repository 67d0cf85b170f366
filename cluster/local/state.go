package local

// This file keeps what is known of a cluster: state.json, written by the supervisor, and
// wanted.json, written by the commands that change it.

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"shoal/cluster"
)

// masterHost is where the master and the driver listen. Workers have addresses of their own on the
// loopback, so that Spark takes each for a machine.
const masterHost = "127.0.0.1"

// place is where a worker is.
type place struct {
	Host   string          `json:"host,omitempty"`
	Port   int             `json:"port,omitempty"`
	UI     int             `json:"ui,omitempty"`
	Method cluster.Limiter `json:"limited_by,omitempty"`
	Why    string          `json:"why,omitempty"`
}

// ports are those of the master and the driver.
type ports struct {
	Master   int `json:"master"`
	MasterUI int `json:"master_ui"`
	Connect  int `json:"connect"`
	DriverUI int `json:"driver_ui"`
}

// state is a cluster.
type state struct {
	cluster.Record
	Spec       cluster.Spec `json:"spec"`
	Ports      ports        `json:"ports"`
	Platform   platform     `json:"platform"`
	Supervisor process      `json:"supervisor"`
	Crew       crew         `json:"crew"`
	Failure    string       `json:"failure,omitempty"` // why the supervisor gave up

	dir string
}

// wanted is what a command asks of the supervisor.
type wanted struct {
	Workers int `json:"workers"`
}

const wantedFile = "wanted.json"

// path is a file or folder of the cluster.
func (s *state) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// mark is what a role's processes carry.
func (s *state) mark(role string) string { return clusterID(s.dir) + ":" + role }

// clusterID names the cluster of a folder, whose path is real, also where its files are lost.
func clusterID(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf("%x", sum[:8])
}

// readState gives cluster.ErrNone where there is none.
func readState(dir string) (*state, error) {
	s := &state{dir: dir}
	err := readJSON(s.path(cluster.StateFile), s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cluster.ErrNone
	}
	return s, err
}

func (s *state) save() error { return writeJSON(s.path(cluster.StateFile), s) }

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// writeJSON replaces a file at once, so that nobody reads half of it.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// freePort finds a port on an address; another program may still be quicker to take it.
func freePort(host string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// workerPlace finds a worker's address and ports.
func workerPlace(index int) (p place, err error) {
	p.Host = fmt.Sprintf("127.0.2.%d", index)
	if p.Port, err = freePort(p.Host); err != nil { // not every system has all of 127.*
		p.Host = masterHost
		if p.Port, err = freePort(p.Host); err != nil {
			return p, err
		}
	}
	p.UI, err = freePort(p.Host)
	return p, err
}
