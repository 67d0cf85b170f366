package translate

// This file holds date and time functions.

var datetimeFuncs = funcs{}
