package connect

// This file alone turns errors into what a Spark client raises.

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// gRPC allows some 8 KB of trailers; the whole error is to be had by FetchErrorDetails.
const (
	maxStatusText = 1500
	maxParams     = 1024
)

const (
	javaException = "java.lang.Exception"
	javaRuntime   = "java.lang.RuntimeException"
	analysisClass = "org.apache.spark.sql.AnalysisException"
)

// javaClasses are the exceptions of Spark a client picks its own by, the most special first; what
// all exceptions have in common is left out.
var javaClasses = map[fault.Kind][]string{
	fault.Internal:             {"org.apache.spark.SparkException", javaException},
	fault.Parse:                {"org.apache.spark.sql.catalyst.parser.ParseException", analysisClass, javaException},
	fault.Analysis:             {analysisClass, javaException},
	fault.TempTableExists:      {"org.apache.spark.sql.catalyst.analysis.TempTableAlreadyExistsException", analysisClass, javaException},
	fault.Arithmetic:           {"org.apache.spark.SparkArithmeticException", "java.lang.ArithmeticException", javaRuntime, javaException},
	fault.NumberFormat:         {"org.apache.spark.SparkNumberFormatException", "java.lang.NumberFormatException", "java.lang.IllegalArgumentException", javaRuntime, javaException},
	fault.DateTime:             {"org.apache.spark.SparkDateTimeException", "java.time.DateTimeException", javaRuntime, javaException},
	fault.ArrayIndex:           {"org.apache.spark.SparkArrayIndexOutOfBoundsException", "java.lang.ArrayIndexOutOfBoundsException", "java.lang.IndexOutOfBoundsException", javaRuntime, javaException},
	fault.IllegalArgument:      {"org.apache.spark.SparkIllegalArgumentException", "java.lang.IllegalArgumentException", javaRuntime, javaException},
	fault.UnsupportedOperation: {"org.apache.spark.SparkUnsupportedOperationException", "java.lang.UnsupportedOperationException", javaRuntime, javaException},
	fault.Runtime:              {"org.apache.spark.SparkRuntimeException", javaRuntime, javaException},
	fault.NoSuchElement:        {"org.apache.spark.SparkNoSuchElementException", "java.util.NoSuchElementException", javaRuntime, javaException},
	fault.FileNotFound:         {"org.apache.spark.SparkFileNotFoundException", "java.io.FileNotFoundException", "java.io.IOException", javaException},
	fault.Spark:                {"org.apache.spark.SparkException", javaException},
	fault.InvalidPlan:          {"org.apache.spark.sql.connect.common.InvalidPlanInput", javaException},
	fault.Upgrade:              {"org.apache.spark.SparkUpgradeException", javaRuntime, javaException},
	fault.SQL:                  {"org.apache.spark.SparkSQLException", "java.sql.SQLException", javaException},
}

func classesOf(k fault.Kind) []string {
	known, ok := javaClasses[k]
	if !ok {
		known = javaClasses[fault.Internal]
	}
	return append(append([]string{}, known...), "java.lang.Throwable", "java.lang.Object")
}

// status is the gRPC error of err, nil for nil. The session, if there is one, remembers it for
// FetchErrorDetails.
func (s *Server) status(sess *session.Session, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		switch {
		case errors.Is(err, session.ErrClosing):
			return status.Error(codes.Unavailable, "the server is ending")
		case errors.Is(err, context.Canceled):
			return status.Error(codes.Canceled, "the call was cancelled")
		case errors.Is(err, context.DeadlineExceeded):
			return status.Error(codes.DeadlineExceeded, "the call's deadline has passed")
		}
		f = s.unexpected(err)
	} else if f.Err != nil {
		s.Log.Debug("error", "class", f.Class, "err", f.Err)
	}
	classes := classesOf(f.Kind)
	info := &errdetails.ErrorInfo{Reason: classes[0], Domain: "org.apache.spark", Metadata: map[string]string{
		"classes": toJSON(classes),
	}}
	if f.Class != "" {
		info.Metadata["errorClass"] = f.Class
	}
	if f.SQLState != "" {
		info.Metadata["sqlState"] = f.SQLState
	}
	params := f.Params
	if params == nil {
		params = map[string]string{}
	}
	if text := toJSON(params); len(text) <= maxParams {
		info.Metadata["messageParameters"] = text
	} else {
		info.Metadata["messageParameters"] = "{}"
	}
	if sess != nil {
		info.Metadata["errorId"] = sess.RememberError(f)
	}
	st := status.New(codes.Internal, cut(f.Error(), maxStatusText))
	if detailed, err := st.WithDetails(info); err == nil {
		st = detailed
	}
	return st.Err()
}

// unexpected is the error of something that should not have happened: the client gets an id, the
// log the text.
func (s *Server) unexpected(err error) *fault.Error {
	id := uuid.NewString()
	s.Log.Error("unexpected error", "id", id, "err", err)
	return fault.Internalf("something went wrong inside Shoal; its log says more under the id %s", id)
}

// FetchErrorDetails gives an error in full.
func (s *Server) FetchErrorDetails(ctx context.Context, req *sparkpb.FetchErrorDetailsRequest) (*sparkpb.FetchErrorDetailsResponse, error) {
	sess, err := s.find(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	resp := &sparkpb.FetchErrorDetailsResponse{SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID}
	f, ok := sess.ErrorDetails(req.GetErrorId())
	if !ok && sess.Undecoded() { // an attached Spark's error has passed under its own id
		theirs, err := call[*sparkpb.FetchErrorDetailsResponse](ctx, sess, req)
		if err == nil && theirs.RootErrorIdx == nil { // not the home's
			sess.CallBeside(ctx, req, func(reply any) bool {
				theirs, _ = reply.(*sparkpb.FetchErrorDetailsResponse)
				return theirs != nil && theirs.RootErrorIdx != nil
			})
		}
		if err == nil && theirs != nil {
			theirs.SessionId, theirs.ServerSideSessionId = resp.SessionId, resp.ServerSideSessionId
			return theirs, nil
		}
	}
	if ok {
		resp.RootErrorIdx = proto.Int32(0)
		resp.Errors = []*sparkpb.FetchErrorDetailsResponse_Error{{
			ErrorTypeHierarchy: classesOf(f.Kind),
			Message:            cut(f.Error(), 1<<20),
			SparkThrowable: &sparkpb.FetchErrorDetailsResponse_SparkThrowable{
				ErrorClass: optional(f.Class), SqlState: optional(f.SQLState),
				MessageParameters: f.Params, QueryContexts: queryContexts(f),
			},
		}}
	}
	return resp, nil
}

// placeless are the errors for which Spark tells line and column in the message and no more: nothing
// was parsed that they could be about.
var placeless = map[string]bool{
	"PARSE_SYNTAX_ERROR": true, "PARSE_EMPTY_STATEMENT": true, "UNCLOSED_BRACKETED_COMMENT": true,
	"INVALID_IDENTIFIER": true, "FAILED_TO_PARSE_TOO_COMPLEX": true,
}

// queryContexts tells the pieces of the query an error is about.
func queryContexts(f *fault.Error) (all []*sparkpb.FetchErrorDetailsResponse_QueryContext) {
	if placeless[f.Class] {
		return nil
	}
	for _, c := range f.Context {
		src := c.Pos.Src
		if src == nil {
			all = append(all, &sparkpb.FetchErrorDetailsResponse_QueryContext{
				ContextType: sparkpb.FetchErrorDetailsResponse_QueryContext_DATAFRAME,
				Fragment:    c.Fragment, CallSite: c.CallSite, Summary: c.Summary(),
			})
			continue
		}
		start := max(0, min(c.Pos.Start, len(src.Text)))
		stop := max(start, min(c.Pos.Stop, len(src.Text)))
		from := utf8.RuneCountInString(src.Text[:start])
		all = append(all, &sparkpb.FetchErrorDetailsResponse_QueryContext{
			ContextType: sparkpb.FetchErrorDetailsResponse_QueryContext_SQL,
			ObjectType:  src.ObjectType, ObjectName: src.ObjectName, StartIndex: int32(from),
			StopIndex: int32(from+utf8.RuneCountInString(src.Text[start:stop])) - 1,
			Fragment:  src.Text[start:stop], Summary: cut(c.Summary(), 1<<16),
		})
	}
	return all
}

// cut shortens a text for the wire, which takes valid UTF-8 only.
func cut(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(b)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
