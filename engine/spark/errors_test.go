package spark

import (
	"errors"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// TestClassed: an error of the server keeps its status and details, and tells its condition.
func TestClassed(t *testing.T) {
	st, err := status.New(codes.Internal, "[DIVIDE_BY_ZERO.WITH_X] Division by [zero].").WithDetails(&errdetails.ErrorInfo{Reason: "r"})
	if err != nil {
		t.Fatal(err)
	}
	got := classed(st.Err())
	var c interface{ ErrorClass() string }
	if !errors.As(got, &c) || c.ErrorClass() != "DIVIDE_BY_ZERO.WITH_X" || got.Error() != st.Err().Error() {
		t.Errorf("%v", got)
	}
	if back, ok := status.FromError(got); !ok || len(back.Details()) != 1 || back.Message() != st.Message() {
		t.Errorf("%v", back)
	}
	for _, other := range []error{nil, errors.New("[A] b"), status.Error(codes.Internal, "no [CLASS]"), status.Error(codes.Internal, "[secret text] x")} {
		if classed(other) != other {
			t.Errorf("%v is another one", other)
		}
	}
}
