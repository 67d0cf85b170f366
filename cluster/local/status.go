package local

// This file tells how a cluster is.

import (
	"context"
	"fmt"

	"shoal/cluster"
)

// Status asks the state file and the processes.
func (p *Provider) Status(ctx context.Context) (*cluster.Status, error) {
	st, err := readState(p.dir())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	ask := newREST(probeLimit)
	master, masterErr := ask.master(ctx, st.Ports)
	executors, driverErr := ask.executors(ctx, st.Ports)
	return st.status(master, loads(executors), masterErr, driverErr), nil
}

func (s *state) status(master masterJSON, byHost map[string]load, masterErr, driverErr error) *cluster.Status {
	out := &cluster.Status{Connect: s.Connect, Provider: s.Provider, Phase: s.Phase, Spark: s.Platform.Spark.Version,
		Workers:    []cluster.Worker{},
		Supervisor: cluster.Process{Alive: s.Supervisor.alive(), PID: s.Supervisor.PID}}
	if !out.Supervisor.Alive {
		out.Notes = append(out.Notes, "the supervisor is dead, so nothing is started again: shoal cluster up gives the cluster a new one")
	}
	for _, m := range s.Crew.Members {
		switch {
		case m.Role == roleMaster:
			out.Master = m.status(masterHost, s.Ports.MasterUI)
			out.Master.Alive = out.Master.Alive && masterErr == nil
		case m.Role == roleConnect:
			out.Driver = m.status(masterHost, s.Ports.DriverUI)
			out.Driver.Alive = out.Driver.Alive && driverErr == nil
		default:
			out.Workers = append(out.Workers, s.worker(m, master, byHost, masterErr == nil))
		}
	}
	if len(out.Workers) > 0 && out.Workers[0].Volume.Why != "" {
		out.Notes = append(out.Notes, "volumes are no mounts, so their size is looked at every "+probeEvery.String()+": "+out.Workers[0].Volume.Why)
	}
	if driverErr != nil && out.Driver.State == string(running) {
		out.Notes = append(out.Notes, fmt.Sprintf("tasks and shuffles are unknown: %v", driverErr))
	}
	return out
}

func (m member) status(host string, ui int) cluster.Process {
	p := cluster.Process{Alive: m.Proc.alive(), State: string(m.Phase), PID: m.Proc.PID, Restarts: m.Restarts}
	if m.Reason != "" {
		p.Reason = m.Reason
	}
	if p.Alive {
		p.UI = fmt.Sprintf("http://%s:%d", host, ui)
	}
	return p
}

func (s *state) worker(m member, master masterJSON, byHost map[string]load, masterKnown bool) cluster.Worker {
	w := cluster.Worker{Name: m.Role, Process: m.status(m.Place.Host, m.Place.UI), Host: m.Place.Host,
		Cores: s.Spec.Cores, Memory: s.Spec.Memory}
	if masterKnown && m.Phase != leaving {
		w.Alive = w.Alive && master.registered(m.Place)
	}
	l := byHost[m.Place.Host]
	w.RunningTasks, w.Shuffled = l.Tasks, l.Shuffled
	v := s.volume(m.Role)
	w.Volume = cluster.Volume{Path: v.root(), Limit: v.limit, Method: m.Place.Method, Why: m.Place.Why}
	if u, err := v.look(m.Place.Method); err == nil {
		w.Volume.Used = u.Used
		if u.Limit > 0 {
			w.Volume.Limit = u.Limit
		}
	}
	return w
}
