package sparktest

// This file runs the corpus over the wire, on any Spark Connect server: with real Spark it proves
// that cell.go and oracle_cells.py write the same text, with `shoal serve` the whole way.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"shoal/fault"
	pb "shoal/internal/sparkpb"
	"shoal/plan"
)

var (
	address   = flag.String("address", "", "run the corpus on the Spark Connect server at host:port")
	realSpark = flag.Bool("real-spark", false, "that server is real Spark: ignore only=spark")
)

func TestConnect(t *testing.T) {
	if *address == "" {
		t.Skip("no -address of a Spark Connect server")
	}
	conn, err := grpc.NewClient(*address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(128<<20)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := pb.NewSparkConnectServiceClient(conn)
	Run(t, Options{Report: *report, RealSpark: *realSpark, Open: func(ctx context.Context, conf map[string]string) (Session, error) {
		s := &wireSession{client: client, id: uuid.NewString()}
		set := &pb.ConfigRequest_Set{}
		for key, value := range conf {
			set.Pairs = append(set.Pairs, &pb.KeyValue{Key: key, Value: &value})
		}
		_, err := client.Config(ctx, &pb.ConfigRequest{SessionId: s.id, UserContext: s.user(),
			Operation: &pb.ConfigRequest_Operation{OpType: &pb.ConfigRequest_Operation_Set{Set: set}}})
		return s, err
	}})
}

type wireSession struct {
	client pb.SparkConnectServiceClient
	id     string
}

func (s *wireSession) user() *pb.UserContext { return &pb.UserContext{UserId: "sparktest"} }

func (s *wireSession) Close() error {
	_, err := s.client.ReleaseSession(context.Background(), &pb.ReleaseSessionRequest{SessionId: s.id, UserContext: s.user()})
	return err
}

// Query does what PySpark does: the text as a command first, then the relation it answers.
func (s *wireSession) Query(ctx context.Context, sql string) (plan.Struct, array.RecordReader, error) {
	relation := &pb.Relation{RelType: &pb.Relation_Sql{Sql: &pb.SQL{Query: sql}}}
	command := &pb.Command{CommandType: &pb.Command_SqlCommand{SqlCommand: &pb.SqlCommand{Input: relation}}}
	answer := &wireAnswer{}
	err := s.execute(ctx, &pb.Plan{OpType: &pb.Plan_Command{Command: command}}, answer)
	if err == nil {
		err = s.execute(ctx, &pb.Plan{OpType: &pb.Plan_Root{Root: answer.relation}}, answer)
	}
	if err != nil {
		return plan.Struct{}, nil, s.fault(ctx, sql, err)
	}
	schema := wireType(&pb.DataType{Kind: answer.schema.Kind}).(plan.Struct)
	if len(answer.batches) == 0 {
		return schema, nil, nil
	}
	reader, err := array.NewRecordReader(answer.batches[0].Schema(), answer.batches)
	return schema, reader, err
}

type wireAnswer struct {
	relation *pb.Relation
	schema   *pb.DataType
	batches  []arrow.RecordBatch
}

func (s *wireSession) execute(ctx context.Context, p *pb.Plan, answer *wireAnswer) error {
	stream, err := s.client.ExecutePlan(ctx, &pb.ExecutePlanRequest{SessionId: s.id, UserContext: s.user(), Plan: p})
	for err == nil {
		var response *pb.ExecutePlanResponse
		if response, err = stream.Recv(); err != nil {
			break
		}
		if response.Schema != nil {
			answer.schema = response.Schema
		}
		if r := response.GetSqlCommandResult(); r != nil {
			answer.relation = r.Relation
		}
		if batch := response.GetArrowBatch(); batch != nil {
			err = answer.read(batch.Data)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (a *wireAnswer) read(data []byte) error {
	reader, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	for reader.Next() {
		batch := reader.RecordBatch()
		batch.Retain()
		a.batches = append(a.batches, batch)
	}
	return reader.Err()
}

// javaKinds are the Java exceptions PySpark knows, as kinds of ours.
var javaKinds = map[string]fault.Kind{
	"org.apache.spark.sql.catalyst.parser.ParseException":  fault.Parse,
	"org.apache.spark.sql.AnalysisException":               fault.Analysis,
	"java.lang.IllegalArgumentException":                   fault.IllegalArgument,
	"java.lang.ArithmeticException":                        fault.Arithmetic,
	"java.lang.UnsupportedOperationException":              fault.UnsupportedOperation,
	"java.lang.ArrayIndexOutOfBoundsException":             fault.ArrayIndex,
	"java.time.DateTimeException":                          fault.DateTime,
	"java.lang.NumberFormatException":                      fault.NumberFormat,
	"org.apache.spark.SparkRuntimeException":               fault.Runtime,
	"org.apache.spark.SparkUpgradeException":               fault.Upgrade,
	"org.apache.spark.SparkException":                      fault.Spark,
	"org.apache.spark.SparkNoSuchElementException":         fault.NoSuchElement,
	"org.apache.spark.sql.catalyst.analysis.NoSuchElement": fault.NoSuchElement,
}

// fault asks for the details of a failed call and makes Shoal's error of them.
func (s *wireSession) fault(ctx context.Context, sql string, err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	for _, d := range st.Details() {
		info, ok := d.(*errdetails.ErrorInfo)
		if !ok {
			continue
		}
		e := &fault.Error{Class: info.Metadata["errorClass"], SQLState: info.Metadata["sqlState"], Message: st.Message()}
		var classes []string
		if json.Unmarshal([]byte(info.Metadata["classes"]), &classes) == nil {
			e.Kind = kindOf(classes)
		}
		if id := info.Metadata["errorId"]; id != "" {
			s.details(ctx, id, sql, e)
		}
		return e
	}
	return err
}

func kindOf(classes []string) fault.Kind {
	for _, class := range classes {
		if kind, known := javaKinds[class]; known {
			return kind
		}
	}
	return fault.Internal
}

// linePos is where Spark's syntax errors say their place: they have no query context.
var linePos = regexp.MustCompile(`\(line (\d+), pos (\d+)\)`)

func (s *wireSession) details(ctx context.Context, id, sql string, e *fault.Error) {
	response, err := s.client.FetchErrorDetails(ctx, &pb.FetchErrorDetailsRequest{SessionId: s.id, UserContext: s.user(), ErrorId: id})
	if err != nil || response.RootErrorIdx == nil {
		return
	}
	root := response.Errors[*response.RootErrorIdx]
	e.Message, e.Kind = root.Message, kindOf(root.ErrorTypeHierarchy)
	if root.SparkThrowable == nil {
		return
	}
	e.Params = root.SparkThrowable.MessageParameters
	if e.Class == "" { // a long message leaves no room for it in the status
		e.Class = root.SparkThrowable.GetErrorClass()
	}
	if m := linePos.FindStringSubmatch(root.Message); m != nil && len(root.SparkThrowable.QueryContexts) == 0 {
		start := 0
		for line := 1; strconv.Itoa(line) != m[1]; line++ {
			start += strings.IndexByte(sql[start:], '\n') + 1
		}
		pos, _ := strconv.Atoi(m[2])
		start += byteIndex(sql[start:], pos)
		e.Context = []fault.Context{{Pos: plan.Pos{Src: &plan.Source{Text: sql}, Start: start, Stop: start}}}
	}
	for _, c := range root.SparkThrowable.QueryContexts {
		if c.StartIndex < 0 { // no place
			continue
		}
		if c.ContextType == pb.FetchErrorDetailsResponse_QueryContext_DATAFRAME {
			e.Context = append(e.Context, fault.Context{Fragment: c.Fragment, CallSite: c.CallSite})
			continue
		}
		src := &plan.Source{Text: sql, ObjectType: c.ObjectType, ObjectName: c.ObjectName}
		if c.ObjectType != "" || !strings.HasPrefix(from(sql, int(c.StartIndex)), c.Fragment) {
			// The text of a view or a function is not here: make one with the piece in its place.
			src.Text = string(bytes.Repeat([]byte(" "), int(c.StartIndex))) + c.Fragment
		}
		start := byteIndex(src.Text, int(c.StartIndex))
		e.Context = append(e.Context, fault.Context{Pos: plan.Pos{Src: src, Start: start, Stop: start + len(c.Fragment)}})
	}
}

// from is what follows in a text after an index in UTF-16.
func from(s string, index int) string {
	units := utf16.Encode([]rune(s))
	return string(utf16.Decode(units[min(index, len(units)):]))
}

// byteIndex turns an index in UTF-16, as Java counts, into one in bytes.
func byteIndex(s string, index int) int {
	return len(string(utf16.Decode(utf16.Encode([]rune(s))[:index])))
}

// size: one case per type
func wireType(d *pb.DataType) plan.Type {
	switch k := d.Kind.(type) {
	case *pb.DataType_Boolean_:
		return plan.Boolean
	case *pb.DataType_Byte_:
		return plan.Byte
	case *pb.DataType_Short_:
		return plan.Short
	case *pb.DataType_Integer_:
		return plan.Int
	case *pb.DataType_Long_:
		return plan.Long
	case *pb.DataType_Float_:
		return plan.Float
	case *pb.DataType_Double_:
		return plan.Double
	case *pb.DataType_Decimal_:
		return plan.Decimal{Precision: int(k.Decimal.GetPrecision()), Scale: int(k.Decimal.GetScale())}
	case *pb.DataType_String_:
		return plan.String
	case *pb.DataType_Char_:
		return plan.Char{Length: int(k.Char.Length)}
	case *pb.DataType_VarChar_:
		return plan.Varchar{Length: int(k.VarChar.Length)}
	case *pb.DataType_Binary_:
		return plan.Binary
	case *pb.DataType_Date_:
		return plan.Date
	case *pb.DataType_Timestamp_:
		return plan.Timestamp
	case *pb.DataType_TimestampNtz:
		return plan.TimestampNTZ
	case *pb.DataType_CalendarInterval_:
		return plan.CalendarInterval
	case *pb.DataType_YearMonthInterval_:
		return plan.YearMonthInterval{From: plan.IntervalField(k.YearMonthInterval.GetStartField()), To: plan.IntervalField(k.YearMonthInterval.GetEndField())}
	case *pb.DataType_DayTimeInterval_:
		return plan.DayTimeInterval{From: plan.Day + plan.IntervalField(k.DayTimeInterval.GetStartField()), To: plan.Day + plan.IntervalField(k.DayTimeInterval.GetEndField())}
	case *pb.DataType_Array_:
		return plan.Array{Elem: wireType(k.Array.ElementType), ContainsNull: k.Array.ContainsNull}
	case *pb.DataType_Map_:
		return plan.Map{Key: wireType(k.Map.KeyType), Value: wireType(k.Map.ValueType), ValueContainsNull: k.Map.ValueContainsNull}
	case *pb.DataType_Struct_:
		t := plan.Struct{}
		for _, f := range k.Struct.Fields {
			t.Fields = append(t.Fields, plan.Field{Name: f.Name, Type: wireType(f.DataType), Nullable: f.Nullable})
		}
		return t
	case *pb.DataType_Null:
		return plan.Null
	default:
		return plan.Unsupported{Name: d.String()}
	}
}
