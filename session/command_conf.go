package session

// This file carries out SET, RESET and SET TIME ZONE.

import (
	"context"

	"shoal/fault"
	"shoal/plan"
)

func confTable() *table { return &table{columns: []plan.Field{text("key"), text("value")}} }

// setOrShowConf is SET: with a value it sets, without it shows.
func (s *Session) setOrShowConf(ctx context.Context, c *plan.SetConf) (*table, error) {
	t := confTable()
	switch {
	case c.Verbose:
		return nil, fault.Unsupported("SET -v, which explains every conf")
	case c.Key == "":
		for _, p := range s.Conf().All("") {
			t.add(p.Key, p.Value)
		}
	case c.Value == nil:
		value, defined, _ := s.Conf().Lookup(c.Key)
		if !defined {
			value = "<undefined>"
		}
		t.add(c.Key, value)
	default:
		if err := s.Set(ctx, Pair{c.Key, *c.Value}); err != nil {
			return nil, err
		}
		t.add(c.Key, *c.Value)
	}
	return t, nil
}

// resetConf is RESET. In SQL, unlike in a Config request, keys that cannot be set are left alone.
func (s *Session) resetConf(ctx context.Context, c *plan.ResetConf) (*table, error) {
	if c.Key != "" {
		return nothing(), s.Unset(ctx, c.Key)
	}
	if err := s.changeConf(func(c Conf) (Conf, error) { return c.Reset(), nil }); err != nil {
		return nil, err
	}
	return nothing(), s.strike(ctx, entryConf, "")
}

// setTimeZone is SET TIME ZONE.
func (s *Session) setTimeZone(ctx context.Context, c *plan.SetTimeZone) (*table, error) {
	zone := c.Zone
	if zone == "LOCAL" {
		zone = localZone()
	}
	if err := s.Set(ctx, Pair{confTimeZone, zone}); err != nil {
		return nil, err
	}
	t := confTable()
	t.add(confTimeZone, zone)
	return t, nil
}
