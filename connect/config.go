package connect

// This file answers Config: the session's confs.

import (
	"context"
	"errors"
	"strconv"

	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// Config reads or changes confs.
func (s *Server) Config(ctx context.Context, req *sparkpb.ConfigRequest) (*sparkpb.ConfigResponse, error) {
	sess, err := s.open(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	c := &configuring{sess: sess, resp: &sparkpb.ConfigResponse{SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID}}
	err = c.do(ctx, req.GetOperation())
	if unknownConf(err) && sess.Undecoded() {
		reply, err := call[*sparkpb.ConfigResponse](ctx, sess, req)
		if err != nil {
			return nil, s.status(sess, err)
		}
		reply.SessionId, reply.ServerSideSessionId = c.resp.SessionId, c.resp.ServerSideSessionId
		return reply, nil
	}
	if err != nil {
		return nil, s.status(sess, err)
	}
	return c.resp, nil
}

// unknownConf tells that a conf was asked for that only an attached Spark may know.
func unknownConf(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Class == "SQL_CONF_NOT_FOUND"
}

// configuring is one Config call on its way.
type configuring struct {
	sess *session.Session
	resp *sparkpb.ConfigResponse
}

func (c *configuring) do(ctx context.Context, op *sparkpb.ConfigRequest_Operation) error {
	switch op := op.GetOpType().(type) {
	case *sparkpb.ConfigRequest_Operation_Set:
		return c.set(ctx, op.Set)
	case *sparkpb.ConfigRequest_Operation_Get:
		return c.get(op.Get.GetKeys())
	case *sparkpb.ConfigRequest_Operation_GetWithDefault:
		return c.getWithDefault(op.GetWithDefault.GetPairs())
	case *sparkpb.ConfigRequest_Operation_GetOption:
		c.getOption(op.GetOption.GetKeys())
		return nil
	case *sparkpb.ConfigRequest_Operation_GetAll:
		for _, p := range c.sess.Conf().All(op.GetAll.GetPrefix()) {
			c.answer(p.Key, &p.Value)
		}
		return nil
	case *sparkpb.ConfigRequest_Operation_Unset:
		return c.unset(ctx, op.Unset.GetKeys())
	case *sparkpb.ConfigRequest_Operation_IsModifiable:
		for _, key := range op.IsModifiable.GetKeys() {
			c.answer(key, proto.String(strconv.FormatBool(c.sess.Conf().Modifiable(key))))
			c.warn(key)
		}
		return nil
	default:
		return fault.BadPlan("the config request asks for nothing")
	}
}

// set changes confs one after the other. Silent makes an error a warning: the client's builder
// sends its options so.
func (c *configuring) set(ctx context.Context, op *sparkpb.ConfigRequest_Set) error {
	for _, p := range op.GetPairs() {
		err := error(fault.Illegal("no value is given for the key %s", p.GetKey()))
		if p.Value != nil {
			err = c.sess.Set(ctx, session.Pair{Key: p.GetKey(), Value: p.GetValue()})
		}
		switch {
		case err == nil:
			c.warn(p.GetKey())
		case op.GetSilent():
			c.resp.Warnings = append(c.resp.Warnings, "Could not set "+p.GetKey()+" to "+p.GetValue()+": "+err.Error())
		default:
			return err
		}
	}
	return nil
}

func (c *configuring) get(keys []string) error {
	for _, key := range keys {
		value, defined, err := c.sess.Conf().Get(key)
		if err != nil {
			return err
		}
		if !defined {
			c.answer(key, nil)
		} else {
			c.answer(key, &value)
		}
		c.warn(key)
	}
	return nil
}

// getWithDefault prefers the caller's default to Spark's.
func (c *configuring) getWithDefault(pairs []*sparkpb.KeyValue) error {
	conf := c.sess.Conf()
	for _, p := range pairs {
		value, err := conf.Or(p.GetKey(), p.Value)
		if err != nil {
			return err
		}
		c.answer(p.GetKey(), value)
		c.warn(p.GetKey())
	}
	return nil
}

func (c *configuring) getOption(keys []string) {
	for _, key := range keys {
		if value, defined, _ := c.sess.Conf().Lookup(key); defined {
			c.answer(key, &value)
		} else {
			c.answer(key, nil)
		}
		c.warn(key)
	}
}

func (c *configuring) unset(ctx context.Context, keys []string) error {
	for _, key := range keys {
		if err := c.sess.Unset(ctx, key); err != nil {
			return err
		}
		c.warn(key)
	}
	return nil
}

func (c *configuring) answer(key string, value *string) {
	c.resp.Pairs = append(c.resp.Pairs, &sparkpb.KeyValue{Key: key, Value: value})
}

func (c *configuring) warn(key string) {
	if w := session.ConfWarning(key); w != "" {
		c.resp.Warnings = append(c.resp.Warnings, w)
	}
}
