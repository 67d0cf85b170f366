package catalog

// This file keeps a session's variables.

import (
	"strings"

	"shoal/plan"
)

// Variable is a session variable. It is not changed once set.
type Variable struct {
	Name    string
	Type    plan.Type
	Default plan.Expr // unresolved; nil: NULL
	Value   *plan.Literal
}

// sessionName is the plain name of x, session.x and system.session.x: of variables and temporary functions.
func sessionName(name []string) (string, bool) {
	last := len(name) - 1
	path := strings.ToLower(strings.Join(name[:last], "."))
	return fold(name[last]), path == "" || path == "session" || path == "system.session"
}

// IsVariableName tells whether a name may be a variable's.
func IsVariableName(name []string) bool {
	_, ok := sessionName(name)
	return ok
}

// Variable finds a session variable.
func (n *Names) Variable(name []string) (*Variable, bool) {
	key, ok := sessionName(name)
	if !ok {
		return nil, false
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	v, ok := n.variables[key]
	return v, ok
}

// HasVariables tells whether there are any.
func (n *Names) HasVariables() bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return len(n.variables) > 0
}

// SetVariables registers variables, all at once.
func (n *Names) SetVariables(variables ...*Variable) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.variables == nil {
		n.variables = map[string]*Variable{}
	}
	for _, v := range variables {
		n.variables[fold(v.Name)] = v
	}
}

// DropVariable removes a variable.
func (n *Names) DropVariable(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.variables, fold(name))
}
