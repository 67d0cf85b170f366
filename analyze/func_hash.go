package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds digests, and what the session knows.

var hashFuncs = funcs{
	"crc32": fn(tBinary).returns(plan.Long),
	"md5":   fn(tBinary).returns(plan.String),
	"sha":   fn(tBinary).returns(plan.String).is("sha1"),
	"sha1":  fn(tBinary).returns(plan.String),
	"sha2":  fn(tBinary, tInt).returns(plan.String).always(),
	"uuid":  fn(tLong).min(0).check(unseeded).returns(plan.String).never().nondeterministic(),

	"aes_encrypt":     fn(tBinary, tBinary, tString, tString, tBinary, tBinary).defaults(lit("GCM"), lit("DEFAULT"), lit(""), lit("")).returns(plan.Binary).always(),
	"aes_decrypt":     fn(tBinary, tBinary, tString, tString, tBinary).defaults(lit("GCM"), lit("DEFAULT"), lit("")).returns(plan.Binary).always(),
	"try_aes_decrypt": fn(tBinary, tBinary, tString, tString, tBinary).defaults(lit("GCM"), lit("DEFAULT"), lit("")).returns(plan.Binary).always(),

	"equal_null": custom(equalNull),
	"decode":     custom(decode),

	"version":          fn().returns(plan.String).never(),
	"current_catalog":  fn().rewrite(currentName(func(c *call) string { return c.a.currentPath()[0] })),
	"current_database": fn().rewrite(currentName(func(c *call) string { return c.a.currentPath()[1] })).shown("current_schema"),
	"current_schema":   fn().rewrite(currentName(func(c *call) string { return c.a.currentPath()[1] })),
	"current_user":     fn().rewrite(currentUser),
	"session_user":     fn().rewrite(currentUser),
	"user":             fn().rewrite(currentUser),
}

// currentUser is the name of who asks, as the door recognised them.
func currentUser(c *call) (plan.Expr, error) {
	if c.a.env.User == "" {
		return nil, fault.Unsupported("%s without a user", c.name).At(c.pos)
	}
	return currentName(func(c *call) string { return c.a.env.User })(c)
}

// equalNull is <=>, shown as a function.
func equalNull(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	e, err := c.a.invoke("<=>", c.pos, c.args...)
	if err != nil {
		return nil, err
	}
	return c.a.remember(e, c), nil
}

// currentName is a name of the session as a literal.
func currentName(name func(c *call) string) func(c *call) (plan.Expr, error) {
	return func(c *call) (plan.Expr, error) {
		return c.a.remember(&plan.Literal{Pos: c.pos, Value: name(c), Type: plan.String}, c), nil
	}
}

// decode(bytes, charset) reads text; decode(value, search, result, ..., [default]) compares, NULLs being equal.
func decode(c *call) (plan.Expr, error) {
	if len(c.args) < 2 {
		return nil, c.wrongCount("2")
	}
	if len(c.args) == 2 {
		if err := c.castArgs(tBinary, tString); err != nil {
			return nil, err
		}
		return c.make(plan.String, true), nil
	}
	var arms []plan.Expr
	rest := c.args[1:]
	for ; len(rest) > 1; rest = rest[2:] {
		same, err := c.a.invoke("<=>", c.pos, c.args[0], rest[0])
		if err != nil {
			return nil, err
		}
		arms = append(arms, same, rest[1])
	}
	if len(rest) == 0 {
		rest = []plan.Expr{&plan.Literal{Type: plan.String}} // as Spark has it: an INT beside it is a BIGINT
	}
	e, err := c.a.invoke("when", c.pos, append(arms, rest[0])...)
	if err != nil {
		return nil, err
	}
	return c.a.remember(e, c), nil
}

// unseeded: with a seed the answer depends on how Spark splits the data.
func unseeded(c *call) error {
	if len(c.args) > 0 {
		return fault.Unsupported("%s with a seed: its values depend on Spark's partitions", c.name).At(c.pos)
	}
	return nil
}
