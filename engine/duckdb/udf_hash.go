package duckdb

// This file holds hash functions: Spark's Murmur3 and xxHash64 over rows, and those over bytes.

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash/crc32"
	"math"
	"math/big"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var hashFuncs = []udf{
	{name: "shoal_crc32", params: []sqlType{tBlob}, returns: tInt64, call: crc32Func},
	{name: "shoal_sha2", params: []sqlType{tBlob, tInt32}, returns: tText, call: sha2Func},
	{name: "shoal_hash", varargs: true, returns: tInt32, special: true, call: rowHash[int32](java.Murmur3, 42)},
	{name: "shoal_xxhash64", varargs: true, returns: tInt64, special: true, call: rowHash[int64](java.XXHash64, 42)},
}

// crc32Func is Spark's crc32(binary).
func crc32Func(c *call) error {
	in, out := arg[text](c, 0), result[int64](c)
	for i := range c.live {
		out[i] = int64(crc32.ChecksumIEEE(in[i].view()))
	}
	return nil
}

// sha2Func is Spark's sha2(binary, bits): bits 0 means 256, an unknown length gives NULL.
func sha2Func(c *call) error {
	in, lengths := arg[text](c, 0), arg[int32](c, 1)
	var out texts
	for i := range c.live {
		var sum []byte
		switch b := in[i].view(); lengths[i] {
		case 224:
			s := sha256.Sum224(b)
			sum = s[:]
		case 0, 256:
			s := sha256.Sum256(b)
			sum = s[:]
		case 384:
			s := sha512.Sum384(b)
			sum = s[:]
		case 512:
			s := sha512.Sum512(b)
			sum = s[:]
		default:
			c.setNull(i)
			continue
		}
		out.upTo(i)
		out.bytes = hex.AppendEncode(out.bytes, sum)
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

// rowHash folds the hashes of all arguments, column by column: a value's hash is the next one's
// seed, and NULL leaves the seed alone.
func rowHash[T int32 | int64](alg java.Hash, seed uint64) func(*call) error {
	return func(c *call) error {
		out := result[T](c)
		seeds := make([]uint64, c.n)
		for i := range seeds {
			seeds[i] = seed
		}
		for _, v := range c.args {
			lt := bind.VectorGetColumnType(bind.Vector{Ptr: v.handle})
			h, err := newValueHash(alg, v, lt)
			bind.DestroyLogicalType(&lt)
			if err != nil {
				return err
			}
			for i := range seeds {
				seeds[i] = h(i, seeds[i])
			}
		}
		for i, s := range seeds {
			out[i] = T(s)
		}
		return nil
	}
}

// valueHash gives the hash of a vector's row.
type valueHash func(row int, seed uint64) uint64

// newValueHash makes the hash of values of a DuckDB type, as Spark hashes the type it stands for.
func newValueHash(alg java.Hash, v vector, lt bind.LogicalType) (valueHash, error) {
	switch bind.GetTypeId(lt) {
	case bind.TypeBoolean:
		return hashAs(v, func(x byte, h uint64) uint64 { return alg.Int(uint32(x), h) }), nil
	case bind.TypeTinyInt:
		return hashAs(v, func(x int8, h uint64) uint64 { return alg.Int(uint32(x), h) }), nil
	case bind.TypeSmallInt:
		return hashAs(v, func(x int16, h uint64) uint64 { return alg.Int(uint32(x), h) }), nil
	case bind.TypeInteger, bind.TypeDate:
		return hashAs(v, func(x uint32, h uint64) uint64 { return alg.Int(x, h) }), nil
	case bind.TypeBigInt, bind.TypeTimestamp:
		return hashAs(v, func(x uint64, h uint64) uint64 { return alg.Long(x, h) }), nil
	case bind.TypeFloat:
		return hashAs(v, func(x float32, h uint64) uint64 { return alg.Int(floatBits(x), h) }), nil
	case bind.TypeDouble:
		return hashAs(v, func(x float64, h uint64) uint64 { return alg.Long(doubleBits(x), h) }), nil
	case bind.TypeVarchar, bind.TypeBlob:
		return hashAs(v, func(x text, h uint64) uint64 { return alg.Bytes(x.view(), h) }), nil
	case bind.TypeInterval:
		return hashAs(v, func(x calendarInterval, h uint64) uint64 {
			return alg.Int(uint32(x.months), alg.Int(uint32(x.days), alg.Long(uint64(x.fraction), h)))
		}), nil
	case bind.TypeDecimal:
		return newDecimalHash(alg, v, lt), nil
	case bind.TypeList:
		child := bind.ListTypeChildType(lt)
		defer bind.DestroyLogicalType(&child)
		return newListHash(alg, v, child)
	case bind.TypeStruct:
		return newStructHash(alg, v, lt)
	case bind.TypeSQLNull:
		return func(_ int, seed uint64) uint64 { return seed }, nil
	}
	return nil, fault.Unsupported("the hash of %s", typeName(lt))
}

func hashAs[T any](v vector, hash func(T, uint64) uint64) valueHash {
	return func(row int, seed uint64) uint64 {
		if v.isNull(row) {
			return seed
		}
		return hash(rows[T](v, row+1)[row], seed)
	}
}

// floatBits is Float.floatToIntBits, with one zero.
func floatBits(x float32) uint32 {
	switch {
	case x == 0:
		return 0
	case x != x:
		return 0x7fc00000
	}
	return math.Float32bits(x)
}

func doubleBits(x float64) uint64 {
	switch {
	case x == 0:
		return 0
	case x != x:
		return 0x7ff8000000000000
	}
	return math.Float64bits(x)
}

// newDecimalHash hashes up to 18 digits as a long, more as the bytes of a big integer.
func newDecimalHash(alg java.Hash, v vector, lt bind.LogicalType) valueHash {
	switch bind.DecimalInternalType(lt) {
	case bind.TypeSmallInt:
		return hashAs(v, func(x int16, h uint64) uint64 { return alg.Long(uint64(x), h) })
	case bind.TypeInteger:
		return hashAs(v, func(x int32, h uint64) uint64 { return alg.Long(uint64(x), h) })
	case bind.TypeBigInt:
		return hashAs(v, func(x int64, h uint64) uint64 { return alg.Long(uint64(x), h) })
	}
	return hashAs(v, func(x [2]uint64, h uint64) uint64 {
		return alg.Bytes(java.BigIntegerBytes(bigOf(x)), h)
	})
}

// bigOf is a HUGEINT: its lower and its upper half.
func bigOf(x [2]uint64) *big.Int {
	n := new(big.Int).SetInt64(int64(x[1]))
	return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(x[0]))
}

func newListHash(alg java.Hash, v vector, elem bind.LogicalType) (valueHash, error) {
	child, _ := v.list()
	hash, err := newValueHash(alg, child, elem)
	return hashAs(v, func(e listEntry, h uint64) uint64 {
		for i := range e.length {
			h = hash(int(e.offset+i), h)
		}
		return h
	}), err
}

func newStructHash(alg java.Hash, v vector, lt bind.LogicalType) (valueHash, error) {
	fields := make([]valueHash, bind.StructTypeChildCount(lt))
	for i := range fields {
		child := bind.StructTypeChildType(lt, bind.IdxT(i))
		hash, err := newValueHash(alg, v.field(i), child)
		bind.DestroyLogicalType(&child)
		if err != nil {
			return nil, err
		}
		fields[i] = hash
	}
	return func(row int, h uint64) uint64 {
		if v.isNull(row) {
			return h
		}
		for _, f := range fields {
			h = f(row, h)
		}
		return h
	}, nil
}
