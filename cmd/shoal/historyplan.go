package main

// This file makes a workload for the planner of the queries that have ended.

import (
	"fmt"
	"io"
	"time"

	"shoal/engine"
	"shoal/planner/fromlog"
	"shoal/planner/workload"
	"shoal/session"
	"shoal/web"
)

// writeWorkload prints it.
func (c *historyCmd) writeWorkload(out io.Writer, past *web.History) error {
	r, err := fromlog.History(askedOf(past.Queries), fromlog.Options{})
	if err != nil {
		return err
	}
	r.Goals()
	r.Workload.Budget, r.Workload.Search = c.Budget, &workload.Search{}
	notes := append([]string{
		fmt.Sprintf("Made of %d queries of a history. budget is a guess: shoal plan --budget says another.", len(past.Queries)),
		"Where nobody estimated what a query takes on Spark, that is what the router makes of the time it took in the inner engine.",
	}, r.Notes...)
	return workload.Write(out, r.Workload, notes...)
}

// askedOf leaves out what no engine ran: statements about names and confs, and answers that were there already.
func askedOf(past []session.Past) []fromlog.Asked {
	asked := []fromlog.Asked{}
	for _, q := range past {
		if q.Engine == "" || q.Engine == "session" || q.Reused {
			continue
		}
		asked = append(asked, fromlog.Asked{
			User: q.User, Form: q.Fingerprint + q.Kind, Text: q.Text, Start: q.Started, End: q.Started.Add(time.Duration(q.Took * float64(time.Second))),
			CPU: onSpark(q), Input: q.ExpectedBytes, Memory: q.ExpectedMemory, Result: q.Bytes, Failed: q.Error != "",
		})
	}
	return asked
}

// onSpark is the processor time of a query there.
func onSpark(q session.Past) float64 {
	switch {
	case q.Engine == "spark" && q.Work > 0:
		return q.Work
	case q.Engine == "spark":
		return q.CPUSeconds
	case q.Other == "spark" && q.OtherCPU > 0:
		return q.OtherCPU
	}
	return engine.Work{CPUSeconds: q.CPUSeconds}.OnSpark(1).CPUSeconds
}
