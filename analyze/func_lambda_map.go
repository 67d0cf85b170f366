package analyze

import "shoal/plan"

// This file holds the higher-order functions of maps and of two arrays.

var mapLambdaFuncs = funcs{
	"zip_with": fn(tArray, tArray, tAny).returnsBy(func(c *call) plan.Type {
		return plan.Array{Elem: c.typ(2), ContainsNull: c.nulls(2)}
	}).nullIf(firstTwoNull).lambda(2, elementsOfBoth),
	"map_filter": fn(tMap, tBool).returnsArg(0).nullIf(firstNull).lambda(1, entry),
	"transform_values": fn(tMap, tAny).returnsBy(func(c *call) plan.Type {
		return plan.Map{Key: c.typ(0).(plan.Map).Key, Value: c.typ(1), ValueContainsNull: c.nulls(1)}
	}).nullIf(firstNull).lambda(1, entry),
	"transform_keys": fn(tMap, tAny).returnsBy(func(c *call) plan.Type {
		m := c.typ(0).(plan.Map)
		return plan.Map{Key: c.typ(1), Value: m.Value, ValueContainsNull: m.ValueContainsNull}
	}).nullIf(firstNull).lambda(1, entry),
	"map_zip_with": fn(tMap, tMap, tAny).check(zipsKeys).returnsBy(func(c *call) plan.Type {
		return plan.Map{Key: c.typ(0).(plan.Map).Key, Value: c.typ(2), ValueContainsNull: c.nulls(2)}
	}).nullIf(firstTwoNull).lambda(2, entryOfBoth),
}

// entryOfBoth is a key of either map and what they have for it; the keys are brought to one type.
func entryOfBoth(c *call, n int) []plan.LambdaVar {
	x, ok := c.typ(0).(plan.Map)
	y, ok2 := c.typ(1).(plan.Map)
	if n != 3 || !ok || !ok2 {
		return nil
	}
	t := c.a.widerNoString(x.Key, y.Key)
	if t == nil {
		return nil
	}
	x.Key, y.Key = t, t
	c.args[0], c.args[1] = c.a.castUnlessSame(c.args[0], x), c.a.castUnlessSame(c.args[1], y)
	return []plan.LambdaVar{{Type: x.Key}, {Type: x.Value, Nullable: true}, {Type: y.Value, Nullable: true}}
}

func zipsKeys(c *call) error { return c.ordered(c.typ(0).(plan.Map).Key) }

// differentKeys is the error for maps whose keys have no common type.
func (c *call) differentKeys() error {
	x, ok := c.typ(0).(plan.Map)
	y, ok2 := c.typ(1).(plan.Map)
	if !ok || !ok2 || c.a.widerNoString(x.Key, y.Key) != nil {
		return nil
	}
	return c.mismatch("MAP_ZIP_WITH_DIFF_TYPES", "functionName", "`map_zip_with`", "leftType", plan.QuotedSQL(x.Key),
		"rightType", plan.QuotedSQL(y.Key))
}

func firstTwoNull(c *call) bool { return c.nulls(0) || c.nulls(1) }

// elementsOfBoth: either array may be the shorter one.
func elementsOfBoth(c *call, n int) []plan.LambdaVar {
	x, ok := c.typ(0).(plan.Array)
	y, ok2 := c.typ(1).(plan.Array)
	if n != 2 || !ok || !ok2 {
		return nil
	}
	return []plan.LambdaVar{{Type: x.Elem, Nullable: true}, {Type: y.Elem, Nullable: true}}
}

// entry is a map's key and value.
func entry(c *call, n int) []plan.LambdaVar {
	m, ok := c.typ(0).(plan.Map)
	if n != 2 || !ok {
		return nil
	}
	return []plan.LambdaVar{{Type: m.Key}, {Type: m.Value, Nullable: m.ValueContainsNull}}
}
