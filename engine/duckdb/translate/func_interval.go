package translate

// This file holds interval arithmetic.

var intervalFuncs = funcs{}
