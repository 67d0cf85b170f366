package translate

// This file holds functions that take lambdas.

var lambdaFuncs = funcs{}
