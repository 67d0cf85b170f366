package translate

// This file holds functions of no other family.

var miscFuncs = funcs{}
