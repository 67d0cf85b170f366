package translate

// This file holds numeric functions.

var mathFuncs = funcs{}
