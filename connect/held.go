package connect

// This file finds out whether a request names what only one session of an attached Spark holds.

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// held are the messages that name such things by an id: checkpoints and cached results, models.
var held = map[protoreflect.FullName]bool{
	"spark.connect.CachedRemoteRelation": true, "spark.connect.MlRelation": true, "spark.connect.ObjectRef": true,
}

// holdsRemote tells whether a message names any.
func holdsRemote(m protoreflect.Message) (found bool) {
	if held[m.Descriptor().FullName()] || len(m.GetUnknown()) > 0 { // what is not understood may do so
		return true
	}
	m.Range(func(d protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case d.IsMap():
			if d.MapValue().Message() != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
					found = holdsRemote(v.Message())
					return !found
				})
			}
		case d.Message() == nil:
		case d.IsList():
			for i := 0; i < v.List().Len() && !found; i++ {
				found = holdsRemote(v.List().Get(i).Message())
			}
		default:
			found = holdsRemote(v.Message())
		}
		return !found
	})
	return found
}
