package translate

// This file holds functions on arrays, maps and structs.

var collectionFuncs = funcs{}
