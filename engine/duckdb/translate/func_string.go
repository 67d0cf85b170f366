package translate

// This file holds string functions.

var stringFuncs = funcs{}
