package sketch

// This file holds HLL sketches of distinct values, while they still keep a coupon for each: in a list
// of up to 7, then in a hash table. With registers instead of coupons the estimate depends on the order
// of the values, and on how they were spread over partitions.

import (
	"encoding/binary"
	"math/bits"
)

// HLL is a sketch that keeps coupons. Table is the hash table, or nil while the list is enough.
type HLL struct {
	lgK   int
	list  []uint32
	table []uint32
	count int
}

// The layout of an HLL sketch: int32s of preamble, version, family, lgK, the table's size, flags, the
// list's length, mode; then coupons, or how many there are and the table. Modes have the target of
// eight bits in them.
const (
	hllFamily   = 7
	hllEmpty    = 4
	hllCompact  = 8
	hllListMode = 0
	hllSetMode  = 1
	hllEight    = 8
	hllListRoom = 8
	lgListRoom  = 3
	lgFirstRoom = 5
	hllListHead = 8
	hllSetHead  = 12

	// MinLgK and MaxLgK bound the logarithm of an HLL sketch's size.
	MinLgK, MaxLgK = 4, 21
)

// hllCertain is up to how many coupons the estimate is their number: two values share one of 2^26 by
// 2^-26 / 3.
const hllCertain = 10_000

// NewHLL is a sketch without values.
func NewHLL(lgK int) *HLL { return &HLL{lgK: lgK} }

// LgK is the logarithm of the sketch's size.
func (s *HLL) LgK() int { return s.lgK }

// Coupon is what an HLL sketch keeps of a value.
func Coupon(b []byte) uint32 {
	const slots = 1<<26 - 1
	h1, h2 := murmur(b)
	return uint32(h1&slots) | uint32(min(bits.LeadingZeros64(h2), 62)+1)<<26
}

// Add gives the sketch a coupon.
func (s *HLL) Add(coupon uint32) error {
	if s.table == nil {
		return s.addToList(coupon)
	}
	at, found := find(s.table, coupon)
	if found {
		return nil
	}
	s.table[at] = coupon
	s.count++
	if 4*s.count <= 3*len(s.table) {
		return nil
	}
	lg := bits.Len(uint(len(s.table))) - 1
	if lg == s.lgK-3 {
		return ErrBeyond
	}
	larger := make([]uint32, 2*len(s.table))
	for _, c := range s.table {
		if c != 0 {
			at, _ := find(larger, c)
			larger[at] = c
		}
	}
	s.table = larger
	return nil
}

func (s *HLL) addToList(coupon uint32) error {
	for _, c := range s.list {
		if c == coupon {
			return nil
		}
	}
	if s.list, s.count = append(s.list, coupon), s.count+1; s.count < hllListRoom {
		return nil
	}
	if s.lgK < 8 {
		return ErrBeyond
	}
	s.table, s.count = make([]uint32, 1<<lgFirstRoom), 0
	for _, c := range s.list {
		if err := s.Add(c); err != nil {
			return err
		}
	}
	s.list = nil
	return nil
}

// find looks for a coupon, or for the place where it belongs.
func find(table []uint32, coupon uint32) (at int, found bool) {
	mask := uint32(len(table) - 1)
	step := (coupon&(1<<26-1))>>(bits.Len32(mask)) | 1
	for i := coupon & mask; ; i = (i + step) & mask {
		switch table[i] {
		case 0:
			return int(i), false
		case coupon:
			return int(i), true
		}
	}
}

// Union gives the sketch the values of another. An empty one takes over a table as it is, if whole.
func (s *HLL) Union(other *HLL, whole bool) error {
	if whole && s.count == 0 && other.table != nil && s.lgK == other.lgK {
		s.list, s.table, s.count = nil, append([]uint32(nil), other.table...), other.count
		return nil
	}
	for _, list := range [][]uint32{other.list, other.table} {
		for _, c := range list {
			if c == 0 {
				continue
			}
			if err := s.Add(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// Estimate is how many distinct values there were.
func (s *HLL) Estimate() (int64, error) {
	if s.count > hllCertain {
		return 0, ErrBeyond
	}
	return int64(s.count), nil
}

// Bytes is the sketch's updatable form.
func (s *HLL) Bytes() []byte {
	if s.table == nil {
		flags := byte(0)
		if s.count == 0 {
			flags = hllEmpty
		}
		b := []byte{hllListHead / 4, 1, hllFamily, byte(s.lgK), lgListRoom, flags, byte(s.count), hllListMode | hllEight}
		return append(appendCoupons(b, s.list), make([]byte, 4*(hllListRoom-s.count))...)
	}
	lg := byte(bits.Len(uint(len(s.table))) - 1)
	b := []byte{hllSetHead / 4, 1, hllFamily, byte(s.lgK), lg, 0, 0, hllSetMode | hllEight}
	return appendCoupons(binary.LittleEndian.AppendUint32(b, uint32(s.count)), s.table)
}

func appendCoupons(b []byte, coupons []uint32) []byte {
	for _, c := range coupons {
		b = binary.LittleEndian.AppendUint32(b, c)
	}
	return b
}

// ReadHLL reads a sketch's updatable form.
func ReadHLL(b []byte) (*HLL, error) {
	if len(b) < hllListHead || b[1] != 1 || b[2] != hllFamily || b[3] < MinLgK || b[3] > MaxLgK {
		return nil, ErrInvalid
	}
	s := NewHLL(int(b[3]))
	switch mode := b[7] & 3; {
	case b[7]&12 != hllEight || b[5]&hllCompact != 0:
		return nil, ErrForeign
	case mode > hllSetMode: // registers
		return nil, ErrBeyond
	case mode == hllListMode:
		n := int(b[6])
		if b[0] != hllListHead/4 || n >= hllListRoom || len(b) != hllListHead+4*hllListRoom {
			return nil, ErrInvalid
		}
		s.list, s.count = readCoupons(b[hllListHead:])[:n], n
		return s, nil
	case b[0] != hllSetHead/4 || b[4] < lgFirstRoom || int(b[4]) > s.lgK-3 || len(b) != hllSetHead+4<<b[4]:
		return nil, ErrInvalid
	}
	s.count = int(binary.LittleEndian.Uint32(b[8:]))
	s.table = readCoupons(b[hllSetHead:])
	n := 0
	for _, c := range s.table {
		if c != 0 {
			n++
		}
	}
	if n != s.count || 4*n > 3*len(s.table) {
		return nil, ErrInvalid
	}
	return s, nil
}

func readCoupons(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}
