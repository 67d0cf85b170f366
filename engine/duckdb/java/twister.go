package java

// This file holds the Mersenne Twister as Commons Math seeds it, by which Spark shuffles arrays.

const (
	twisterSize = 624
	twisterStep = 397
)

// Twister is MT19937.
type Twister struct {
	state [twisterSize]uint32
	next  int
}

// NewTwister is the generator with a seed, taken as two words.
func NewTwister(seed int64) *Twister {
	t := &Twister{next: twisterSize}
	s := &t.state
	s[0] = 19650218
	for i := 1; i < twisterSize; i++ {
		s[i] = 1812433253*(s[i-1]^s[i-1]>>30) + uint32(i)
	}
	key := [2]uint32{uint32(uint64(seed) >> 32), uint32(seed)}
	i, j := 1, 0
	advance := func() {
		if i++; i >= twisterSize {
			s[0], i = s[twisterSize-1], 1
		}
	}
	for range twisterSize {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1664525) + key[j] + uint32(j)
		advance()
		j = 1 - j
	}
	for range twisterSize - 1 {
		s[i] = (s[i] ^ (s[i-1]^s[i-1]>>30)*1566083941) - uint32(i)
		advance()
	}
	s[0] = 1 << 31
	return t
}

// Next is so many bits.
func (t *Twister) Next(bits int) int32 {
	if t.next == twisterSize {
		t.refill()
	}
	y := t.state[t.next]
	t.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	y ^= y >> 18
	return int32(y >> (32 - bits))
}

func (t *Twister) refill() {
	s := &t.state
	for i := range s {
		y := s[i]&(1<<31) | s[(i+1)%twisterSize]&(1<<31-1)
		s[i] = s[(i+twisterStep)%twisterSize] ^ y>>1
		if y&1 != 0 {
			s[i] ^= 0x9908b0df
		}
	}
	t.next = 0
}

// Shuffled are the places 0 to n-1 in an order drawn by chance.
func (t *Twister) Shuffled(n int) []int {
	places := make([]int, n)
	for i := range places {
		other := intn(t, int32(i+1))
		places[i] = places[other]
		places[other] = i
	}
	return places
}
