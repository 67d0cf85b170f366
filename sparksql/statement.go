package sparksql

import "shoal/plan"

// singleStatement: statement SEMICOLON* EOF
func (p *parser) singleStatement() plan.Statement { return p.statement() }

// statement: query | command
func (p *parser) statement() plan.Statement {
	return p.query()
}
