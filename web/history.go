package web

// This file tells of the queries that have ended.

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"shoal/session"
)

// History is the answer to GET /api/history.
type History struct {
	Time    time.Time      `json:"time"`
	User    string         `json:"user"`    // who asked
	Admin   bool           `json:"admin"`   // and sees those of all
	Lost    int64          `json:"lost"`    // queries that could not be written down since the server began
	Queries []session.Past `json:"queries"` // the last ones first
}

// usualPast is how many queries are told of unless another limit is given.
const usualPast = 100

// history answers GET /api/history. Parameters choose: user, engine, fingerprint, errors=true, since (a time, or a duration such as
// 1h), limit (0 is all).
func (s *server) history(w http.ResponseWriter, r *http.Request, by caller) {
	now := time.Now()
	filter, err := chosen(r.URL.Query(), now)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	past, err := s.Sessions.Past(r.Context(), by.user, filter)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	if past == nil {
		past = []session.Past{}
	}
	answer(w, http.StatusOK, History{Time: now.UTC(), User: by.user, Admin: by.admin, Lost: s.Sessions.History.Lost(), Queries: past})
}

// chosen reads the parameters.
func chosen(q url.Values, now time.Time) (f session.PastFilter, err error) {
	for key, values := range q {
		value := values[len(values)-1]
		switch key {
		case "user":
			f.User = value
		case "engine":
			f.Engine = value
		case "fingerprint":
			f.Fingerprint = value
		case "errors":
			f.Failed, err = strconv.ParseBool(value)
		case "since":
			f.Since, err = since(value, now)
		case "limit":
			f.Limit, err = strconv.Atoi(value)
			if f.Limit < 0 {
				err = fmt.Errorf("%d is negative", f.Limit)
			}
		default:
			err = fmt.Errorf("there is no such parameter")
		}
		if err != nil {
			return f, fmt.Errorf("%s: %w", key, err)
		}
	}
	if !q.Has("limit") {
		f.Limit = usualPast
	}
	return f, nil
}

// since reads a time, or how long ago it was.
func since(value string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t, nil
	}
	ago, err := time.ParseDuration(value)
	if err != nil || ago < 0 {
		return time.Time{}, fmt.Errorf("%q is neither a time such as 2026-01-02T15:04:05Z nor a duration such as 1h30m", value)
	}
	return now.Add(-ago), nil
}
