package main

// This file tells the person at a terminal how far a statement is, and what it waits for.

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"shoal/internal/sparkpb"
	"shoal/internal/waiting"
)

// statusLine is a line that goes when the answer comes. With nowhere to write it does nothing.
type statusLine struct {
	out   io.Writer
	width func() int
	shown bool
}

// onTerminal is the status line of a person who looks at standard error; where that is no terminal nobody does.
func onTerminal() *statusLine {
	fd := int(os.Stderr.Fd())
	if !term.IsTerminal(fd) {
		return &statusLine{}
	}
	return &statusLine{out: os.Stderr, width: func() int {
		width, _, err := term.GetSize(fd)
		if err != nil {
			return 80
		}
		return width
	}}
}

// see shows what a response tells of progress; any other clears the line.
func (s *statusLine) see(r *sparkpb.ExecutePlanResponse) {
	p := r.GetExecutionProgress()
	if s.out == nil || p == nil {
		s.clear()
		return
	}
	text := runText(p)
	if w, ok := waiting.Of(p); ok {
		text = waitText(w.Ahead, w.Reason, w.Expected)
	}
	fmt.Fprint(s.out, "\r"+clip(text, s.width()-1)+restOfLine)
	s.shown = true
}

func (s *statusLine) clear() {
	if s.shown {
		fmt.Fprint(s.out, "\r"+restOfLine)
		s.shown = false
	}
}

// runText says how far a query is, by the tasks of all its stages.
func runText(p *sparkpb.ExecutePlanResponse_ExecutionProgress) string {
	var tasks, done int64
	for _, s := range p.GetStages() {
		tasks, done = tasks+s.GetNumTasks(), done+s.GetNumCompletedTasks()
	}
	if tasks == 0 || done == 0 {
		return "runs"
	}
	return fmt.Sprintf("runs: %d %%", 100*done/tasks)
}
