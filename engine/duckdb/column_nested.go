package duckdb

// This file gathers lists, maps and structs.

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// listColumn gathers LIST and MAP (a list of key-value structs).
type listColumn struct {
	nulls
	offsets buffer
	elem    column
}

func (c *listColumn) add(v vector, from, n int) {
	if len(c.offsets.b) == 0 {
		cells[int32](c.offsets.extend(4))[0] = 0
	}
	c.note(v, from, n)
	child, _ := v.list()
	offsets := cells[int32](c.offsets.extend(n * 4))
	at := c.elem.rows()
	var runFrom, runLen int // neighbouring rows are mostly neighbours in the child too
	for i, e := range rows[listEntry](v, from+n)[from:] {
		if !v.isNull(from+i) && e.length > 0 {
			if int(e.offset) != runFrom+runLen {
				c.elem.add(child, runFrom, runLen)
				runFrom, runLen = int(e.offset), 0
			}
			runLen += int(e.length)
			at += int(e.length)
		}
		offsets[i] = int32(at)
	}
	if runLen > 0 {
		c.elem.add(child, runFrom, runLen)
	}
}

func (c *listColumn) weigh(v vector, from, n int) int {
	bytes := 4 * n
	child, _ := v.list()
	for i, e := range rows[listEntry](v, from+n)[from:] {
		if !v.isNull(from+i) && e.length > 0 {
			bytes += c.elem.weigh(child, int(e.offset), int(e.length))
		}
	}
	return bytes
}

func (c *listColumn) size() int { return len(c.offsets.b) + c.elem.size() }

func (c *listColumn) finish() arrow.ArrayData {
	if len(c.offsets.b) == 0 {
		cells[int32](c.offsets.extend(4))[0] = 0
	}
	elem := c.elem.finish()
	return c.done([]*memory.Buffer{c.offsets.take()}, []arrow.ArrayData{elem})
}

func (c *listColumn) drop() {
	c.nulls.drop()
	c.offsets.free()
	c.elem.drop()
}

// structColumn gathers STRUCT.
type structColumn struct {
	nulls
	fields []column
}

func (c *structColumn) add(v vector, from, n int) {
	c.note(v, from, n)
	for i, f := range c.fields {
		f.add(v.field(i), from, n)
	}
}

func (c *structColumn) weigh(v vector, from, n int) (bytes int) {
	for i, f := range c.fields {
		bytes += f.weigh(v.field(i), from, n)
	}
	return bytes
}

func (c *structColumn) size() (bytes int) {
	for _, f := range c.fields {
		bytes += f.size()
	}
	return bytes
}

func (c *structColumn) finish() arrow.ArrayData {
	children := make([]arrow.ArrayData, len(c.fields))
	for i, f := range c.fields {
		children[i] = f.finish()
	}
	return c.done(nil, children)
}

func (c *structColumn) drop() {
	c.nulls.drop()
	for _, f := range c.fields {
		f.drop()
	}
}
