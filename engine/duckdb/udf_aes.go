package duckdb

// This file holds AES as Spark's aes_encrypt and aes_decrypt have it: the vector, if any, stands before the text.

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"strings"

	"shoal/fault"
)

var aesFuncs = []udf{
	{name: "shoal_aes_encrypt", params: []sqlType{tBlob, tBlob, tText, tText, tBlob, tBlob}, returns: tBlob, call: aesEncrypt},
	{name: "shoal_aes_decrypt", params: []sqlType{tBlob, tBlob, tText, tText, tBlob, tBool}, returns: tBlob, call: aesDecrypt},
}

// errAES is anything that Spark, too, fails with.
var errAES = errors.New("no such encryption")

// aesUse is one use of a key.
type aesUse struct {
	block   cipher.Block
	mode    string
	iv, aad []byte
}

// newAES checks what goes together: GCM needs no padding, the other modes take no further data.
func newAES(key []byte, mode, padding string, iv, aad []byte) (*aesUse, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errAES
	}
	u := &aesUse{block, strings.ToUpper(mode), iv, aad}
	padding = strings.ToUpper(padding)
	size := map[string]int{"GCM": 12, "CBC": aes.BlockSize}[u.mode]
	switch {
	case u.mode != "GCM" && u.mode != "CBC" && u.mode != "ECB",
		padding != "DEFAULT" && (padding == "NONE") != (u.mode == "GCM"), padding != "DEFAULT" && padding != "NONE" && padding != "PKCS",
		u.mode != "GCM" && len(aad) > 0, len(iv) > 0 && len(iv) != size:
		return nil, errAES
	}
	return u, nil
}

func (u *aesUse) encrypt(text []byte) ([]byte, error) {
	iv := u.iv
	if len(iv) == 0 && u.mode != "ECB" {
		iv = make([]byte, map[string]int{"GCM": 12, "CBC": aes.BlockSize}[u.mode])
		if _, err := rand.Read(iv); err != nil {
			return nil, err
		}
	}
	if u.mode == "GCM" {
		seal, err := cipher.NewGCM(u.block)
		if err != nil {
			return nil, err
		}
		return seal.Seal(bytes.Clone(iv), iv, text, u.aad), nil
	}
	n := aes.BlockSize - len(text)%aes.BlockSize
	padded := append(bytes.Clone(text), bytes.Repeat([]byte{byte(n)}, n)...)
	if u.mode == "CBC" {
		cipher.NewCBCEncrypter(u.block, iv).CryptBlocks(padded, padded)
		return append(bytes.Clone(iv), padded...), nil
	}
	for b := padded; len(b) > 0; b = b[aes.BlockSize:] {
		u.block.Encrypt(b, b)
	}
	return padded, nil
}

func (u *aesUse) decrypt(b []byte) ([]byte, error) {
	size := map[string]int{"GCM": 12, "CBC": aes.BlockSize}[u.mode]
	if len(b) < size {
		return nil, errAES
	}
	iv, b := b[:size], bytes.Clone(b[size:])
	if u.mode == "GCM" {
		seal, err := cipher.NewGCM(u.block)
		if err != nil {
			return nil, err
		}
		return seal.Open(nil, iv, b, u.aad)
	}
	if len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return nil, errAES
	}
	if u.mode == "CBC" {
		cipher.NewCBCDecrypter(u.block, iv).CryptBlocks(b, b)
	} else {
		for rest := b; len(rest) > 0; rest = rest[aes.BlockSize:] {
			u.block.Decrypt(rest, rest)
		}
	}
	n := int(b[len(b)-1])
	if n < 1 || n > aes.BlockSize || !bytes.Equal(b[len(b)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errAES
	}
	return b[:len(b)-n], nil
}

func aesEncrypt(c *call) error {
	in, keys, modes, paddings, ivs, aads := arg[text](c, 0), arg[text](c, 1), arg[text](c, 2), arg[text](c, 3), arg[text](c, 4), arg[text](c, 5)
	return eachBlob(c, func(i int) ([]byte, error) {
		u, err := newAES(keys[i].view(), modes[i].str(), paddings[i].str(), ivs[i].view(), aads[i].view())
		if err != nil {
			return nil, fault.Unsupported("aes_encrypt with this key, mode, padding or vector")
		}
		return u.encrypt(in[i].view())
	})
}

// aesDecrypt fails, or gives NULL, where there is no such text.
func aesDecrypt(c *call) error {
	in, keys, modes, paddings, aads, strict := arg[text](c, 0), arg[text](c, 1), arg[text](c, 2), arg[text](c, 3), arg[text](c, 4), arg[bool](c, 5)
	var out texts
	for i := range c.live {
		u, err := newAES(keys[i].view(), modes[i].str(), paddings[i].str(), nil, aads[i].view())
		var b []byte
		if err == nil {
			b, err = u.decrypt(in[i].view())
		}
		switch {
		case err == nil:
			out.set(i, string(b))
		case strict[i]:
			return fault.Unsupported("aes_decrypt of what was not encrypted so")
		default:
			c.setNull(i)
		}
	}
	out.store(c.out, c.n)
	return nil
}
