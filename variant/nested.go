package variant

// This file reads objects and arrays.

// Nested is an object or array, opened.
type Nested struct {
	Len              int
	of               Value
	ids, offsets     int // where they begin
	idWidth, atWidth int // 0: an array
	data             int
}

// Open reads the head of an Object or Array.
func (v Value) Open() (Nested, error) {
	basic, bits, err := v.header()
	if err != nil {
		return Nested{}, err
	}
	n := Nested{of: v, atWidth: bits&3 + 1, ids: 2}
	large := bits >> 2 & 1
	if basic == basicObject {
		n.idWidth, large = bits>>2&3+1, bits>>4&1
	}
	width := 1 + 3*large
	n.ids = 1 + width
	var ok bool
	if n.Len, ok = little(v.Bytes, 1, width); !ok || n.Len > len(v.Bytes) {
		return Nested{}, ErrMalformed
	}
	n.offsets = n.ids + n.idWidth*n.Len
	n.data = n.offsets + n.atWidth*(n.Len+1)
	if n.data > len(v.Bytes) {
		return Nested{}, ErrMalformed
	}
	return n, nil
}

// At is element i of an array, or the value of an object's field i.
func (n Nested) At(i int) (Value, error) {
	at, ok := little(n.of.Bytes, n.offsets+n.atWidth*i, n.atWidth)
	if !ok || n.data+at >= len(n.of.Bytes) {
		return Value{}, ErrMalformed
	}
	v := Value{n.of.Bytes[n.data+at:], n.of.Meta}
	size, err := v.size()
	if err != nil {
		return Value{}, err
	}
	v.Bytes = v.Bytes[:size]
	return v, nil
}

// Each visits the elements, or the fields' values with their names. Values that lie in each other are malformed:
// they could be read without end.
func (n Nested) Each(visit func(i int, name string, v Value) error) error {
	left := len(n.of.Bytes) - n.data
	for i := range n.Len {
		v, err := n.At(i)
		if left -= len(v.Bytes); err != nil || left < 0 {
			return ErrMalformed
		}
		name := ""
		if n.idWidth > 0 {
			if name, err = n.Name(i); err != nil {
				return err
			}
		}
		if err := visit(i, name, v); err != nil {
			return err
		}
	}
	return nil
}

// Name is the name of an object's field i: fields stand in the order of their names.
func (n Nested) Name(i int) (string, error) {
	id, _ := little(n.of.Bytes, n.ids+n.idWidth*i, n.idWidth)
	return n.of.name(id)
}

// Field is an object's field of that name.
func (n Nested) Field(name string) (v Value, found bool, err error) {
	for i := range n.Len {
		s, err := n.Name(i)
		if err != nil {
			return Value{}, false, err
		}
		if s == name {
			v, err = n.At(i)
			return v, err == nil, err
		}
	}
	return Value{}, false, nil
}

// size is how many bytes the value takes of those it begins.
func (v Value) size() (int, error) {
	basic, rest, err := v.header()
	if err != nil {
		return 0, err
	}
	size := 1 + rest
	switch {
	case basic == basicPrimitive && rest < primBinary:
		size = 1 + primitiveSizes[rest]
	case basic == basicPrimitive:
		n, _ := little(v.Bytes, 1, 4)
		size = 5 + n
	case basic != basicShortString:
		n, err := v.Open()
		if err != nil {
			return 0, err
		}
		all, _ := little(v.Bytes, n.offsets+n.atWidth*n.Len, n.atWidth)
		size = n.data + all
	}
	if size > len(v.Bytes) {
		return 0, ErrMalformed
	}
	return size, nil
}
