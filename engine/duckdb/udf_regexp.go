package duckdb

// This file holds functions of Java's regular expressions.

/*
#include <stdlib.h>
#include "udf.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var regexpFuncs = []udf{
	{name: "shoal_like", params: []sqlType{tText, tText, tText}, returns: tBool, call: likeFunc},
	{name: "shoal_rlike", params: []sqlType{tText, tText}, returns: tBool, call: rlikeFunc},
	{name: "shoal_regexp_extract", params: []sqlType{tText, tText, tInt32}, returns: tText, call: regexpExtract},
	{name: "shoal_regexp_extract_all", params: []sqlType{tText, tText, tInt32}, returns: tTexts, call: regexpExtractAll},
	{name: "shoal_regexp_count", params: []sqlType{tText, tText}, returns: tInt32, call: regexpCount},
	{name: "shoal_regexp_instr", params: []sqlType{tText, tText}, returns: tInt32, call: regexpInstr},
	{name: "shoal_regexp_replace", params: []sqlType{tText, tText, tText, tInt32}, returns: tText, call: regexpReplace},
	{name: "shoal_split", params: []sqlType{tText, tText, tInt32}, returns: tTexts, call: splitFunc},
}

// regexps are the patterns in use.
var regexps = compiled[*java.Regexp]{compile: java.CompileRegexp}

// regexpFault is Spark's error for a pattern given to a function.
func regexpFault(function string, err error) error {
	var e *java.RegexpError
	switch {
	case err == nil || !errors.As(err, &e):
		return err
	case !e.Malformed || function == "split": // of which Spark's error has no class
		return fault.Unsupported("%s", e.Error())
	}
	return fault.New("INVALID_PARAMETER_VALUE.PATTERN", "functionName", "`"+function+"`", "parameter", "`regexp`",
		"value", quoted(e.Pattern))
}

func rlikeFunc(c *call) error {
	in, patterns, out := arg[text](c, 0), newConstant(c, 1, &regexps), result[bool](c)
	for i := range c.live {
		x, err := patterns.at(i)
		if err == nil {
			out[i], err = x.Matches(in[i].str())
		}
		if err != nil {
			return regexpFault("rlike", err)
		}
	}
	return nil
}

// hasGroup gives Spark's error for a group the pattern does not have.
func hasGroup(function string, x *java.Regexp, group int32) error {
	if group >= 0 && int(group) <= x.Groups() {
		return nil
	}
	return fault.New("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "functionName", "`"+function+"`", "parameter", "`idx`",
		"groupCount", strconv.Itoa(x.Groups()), "groupIndex", fmt.Sprint(group))
}

// submatch is a group's text; that of one without match is empty.
func submatch(s string, loc []int, group int32) string {
	if begin := loc[2*group]; begin >= 0 {
		return s[begin:loc[2*group+1]]
	}
	return ""
}

// regexpExtract looks at the group's number only where there is a match.
func regexpExtract(c *call) error {
	in, patterns, groups := arg[text](c, 0), newConstant(c, 1, &regexps), arg[int32](c, 2)
	var out texts
	for i := range c.live {
		s := in[i].str()
		x, err := patterns.at(i)
		var loc []int
		if err == nil {
			loc, err = x.Find(s)
		}
		if err != nil {
			return regexpFault("regexp_extract", err)
		}
		if loc == nil {
			out.set(i, "")
			continue
		}
		if err := hasGroup("regexp_extract", x, groups[i]); err != nil {
			return err
		}
		out.set(i, submatch(s, loc, groups[i]))
	}
	out.store(c.out, c.n)
	return nil
}

func regexpExtractAll(c *call) error {
	in, patterns, groups := arg[text](c, 0), newConstant(c, 1, &regexps), arg[int32](c, 2)
	out := newTextLists(c)
	for i := range c.live {
		s := in[i].str()
		var wrongGroup error
		x, err := patterns.at(i)
		if err == nil {
			out.begin(i)
			err = x.FindAll(s, func(loc []int) bool {
				if wrongGroup = hasGroup("regexp_extract_all", x, groups[i]); wrongGroup == nil {
					out.add(submatch(s, loc, groups[i]))
				}
				return wrongGroup == nil
			})
		}
		if err != nil {
			return regexpFault("regexp_extract_all", err)
		}
		if wrongGroup != nil {
			return wrongGroup
		}
		out.end(i)
	}
	return out.store()
}

// regexpCount is the length of what regexp_extract_all finds, whose errors it has.
func regexpCount(c *call) error {
	in, patterns, out := arg[text](c, 0), newConstant(c, 1, &regexps), result[int32](c)
	for i := range c.live {
		out[i] = 0
		x, err := patterns.at(i)
		if err == nil {
			err = x.FindAll(in[i].str(), func([]int) bool {
				out[i]++
				return true
			})
		}
		if err != nil {
			return regexpFault("regexp_extract_all", err)
		}
	}
	return nil
}

// regexpInstr is where the first match begins, from 1 in UTF-16's units; 0 without match.
func regexpInstr(c *call) error {
	in, patterns, out := arg[text](c, 0), newConstant(c, 1, &regexps), result[int32](c)
	for i := range c.live {
		s := in[i].str()
		x, err := patterns.at(i)
		var loc []int
		if err == nil {
			loc, err = x.Find(s)
		}
		if err != nil {
			return regexpFault("regexp_instr", err)
		}
		out[i] = 0
		if loc != nil {
			out[i] = int32(java.UTF16Length(s[:loc[0]])) + 1
		}
	}
	return nil
}

// regexpReplace searches from a position on, counted in UTF-16's units; what comes before is as
// if it were not there.
func regexpReplace(c *call) error {
	in, patterns, with, from := arg[text](c, 0), newConstant(c, 1, &regexps), arg[text](c, 2), arg[int32](c, 3)
	var out texts
	for i := range c.live {
		s := in[i].str()
		out.upTo(i)
		x, err := patterns.at(i)
		if err != nil {
			return regexpFault("regexp_replace", err)
		}
		start, ok := java.UTF16Index(s, int(from[i])-1)
		if !ok {
			return fault.Unsupported("regexp_replace from within a character")
		}
		out.bytes = append(out.bytes, s[:start]...)
		if start == len(s) && start > 0 {
			out.end()
			continue
		}
		if out.bytes, err = appendReplaced(out.bytes, x, s, s[start:], with[i].str(), from[i]); err != nil {
			return err
		}
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

// appendReplaced replaces in the rest of a source; a wrong replacement matters when there is a match.
func appendReplaced(b []byte, x *java.Regexp, source, rest, with string, from int32) ([]byte, error) {
	replacement, ok := x.Replacement(with)
	if ok {
		b, err := x.Replace(b, rest, replacement)
		return b, regexpFault("regexp_replace", err)
	}
	matches, err := x.Matches(rest)
	if err != nil {
		return b, regexpFault("regexp_replace", err)
	}
	if matches {
		return b, fault.New("INVALID_REGEXP_REPLACE", "source", source, "pattern", x.String(), "replacement", with,
			"position", fmt.Sprint(from))
	}
	return append(b, rest...), nil
}

// splitFunc is Java's split, but for an empty pattern: that gives single characters.
func splitFunc(c *call) error {
	in, patterns, limits := arg[text](c, 0), newConstant(c, 1, &regexps), arg[int32](c, 2)
	out := newTextLists(c)
	for i := range c.live {
		s := in[i].str()
		x, err := patterns.at(i)
		if err != nil {
			return regexpFault("split", err)
		}
		out.begin(i)
		if x.String() == "" && s != "" {
			for limit := limits[i]; s != "" && limit != 1; limit-- {
				_, n := utf8.DecodeRuneInString(s)
				out.add(s[:n])
				s = s[n:]
			}
			if s != "" {
				out.add(s)
			}
			out.end(i)
			continue
		}
		pieces, err := x.Split(s, int(limits[i]))
		if err != nil {
			return regexpFault("split", err)
		}
		for _, piece := range pieces {
			out.add(piece)
		}
		out.end(i)
	}
	return out.store()
}

// textLists gathers lists of strings.
type textLists struct {
	c       *call
	entries []listEntry
	items   texts
}

func newTextLists(c *call) *textLists {
	l := &textLists{c: c, entries: result[listEntry](c)}
	clear(l.entries)
	return l
}

func (l *textLists) begin(row int) { l.entries[row].offset = uint64(len(l.items.ends)) }

func (l *textLists) add(s string) {
	l.items.bytes = append(l.items.bytes, s...)
	l.items.end()
}

func (l *textLists) end(row int) {
	l.entries[row].length = uint64(len(l.items.ends)) - l.entries[row].offset
}

func (l *textLists) store() error {
	n := len(l.items.ends)
	child := C.shoal_list_room(l.c.out, C.uint64_t(n))
	if child == nil {
		return fault.Internalf("no room for %d elements", n)
	}
	l.items.store(child, n)
	return nil
}
