package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkpb"
)

// parse reads a command line as main does.
func parse(t testing.TB, args ...string) (serveCmd, error) {
	t.Helper()
	var c commandLine
	parser, err := newParser(&c, t.TempDir(), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"serve"}, args...))
	return c.Serve, err
}

// running is a server under test.
type running struct {
	connect, http string
	stop          context.CancelFunc
	done          chan error
	log           *bytes.Buffer
}

// start runs shoal serve on free ports and waits for its ready line.
func start(t testing.TB, args ...string) *running {
	t.Helper()
	c, err := parse(t, append([]string{"--listen=127.0.0.1:0", "--http=127.0.0.1:0", "--data=" + t.TempDir()}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stop: stop, done: make(chan error, 1), log: &bytes.Buffer{}}
	read, write := io.Pipe()
	go func() {
		err := c.serve(ctx, write, r.log)
		write.CloseWithError(io.EOF)
		r.done <- err
	}()
	line := make([]byte, 200)
	n, err := read.Read(line)
	if err != nil {
		t.Fatalf("not ready: %v", <-r.done)
	}
	fields := strings.Fields(string(line[:n]))
	if len(fields) != 4 || fields[0] != "shoal" || fields[1] != "ready" {
		t.Fatalf("the ready line is %q", line[:n])
	}
	r.connect = strings.TrimPrefix(fields[2], "connect=sc://")
	r.http = strings.TrimPrefix(fields[3], "http=")
	t.Cleanup(func() {
		stop()
		<-r.done
		r.done <- nil
	})
	return r
}

func dial(t testing.TB, addr string, creds credentials.TransportCredentials) sparkpb.SparkConnectServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return sparkpb.NewSparkConnectServiceClient(conn)
}

func version1(ctx context.Context, c sparkpb.SparkConnectServiceClient) (string, error) {
	r, err := c.AnalyzePlan(ctx, &sparkpb.AnalyzePlanRequest{
		SessionId: uuid.NewString(), Analyze: &sparkpb.AnalyzePlanRequest_SparkVersion_{SparkVersion: &sparkpb.AnalyzePlanRequest_SparkVersion{}},
	})
	return r.GetSparkVersion().GetVersion(), err
}

func TestServeAnswersAndEnds(t *testing.T) {
	r := start(t)
	if v, err := version1(t.Context(), dial(t, r.connect, insecure.NewCredentials())); err != nil || v != "4.1.4" {
		t.Fatalf("%q, %v", v, err)
	}
	resp, err := http.Get(r.http + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var health map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&health); err != nil || resp.StatusCode != 200 {
		t.Fatal(resp.Status, err)
	}
	if health["status"] != "ok" || health["sessions"] != 1.0 {
		t.Errorf("healthz says %v", health)
	}
	start := time.Now()
	r.stop()
	if err := <-r.done; err != nil {
		t.Errorf("ended with %v", err)
	}
	r.done <- nil
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v to end", took)
	}
}

func rangeRequest(sql string) *sparkpb.ExecutePlanRequest {
	return &sparkpb.ExecutePlanRequest{SessionId: uuid.NewString(), Plan: &sparkpb.Plan{OpType: &sparkpb.Plan_Root{
		Root: &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: sql}}},
	}}}
}

func TestDrainLetsQueriesFinish(t *testing.T) {
	r := start(t, "--drain-timeout=20s")
	c := dial(t, r.connect, insecure.NewCredentials())
	stream, err := c.ExecutePlan(t.Context(), rangeRequest("SELECT sum(sqrt(id) * sin(id)) FROM range(30000000)"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	r.stop()
	rows := int64(0)
	for {
		resp, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("while draining: %v", err)
		}
		rows += resp.GetArrowBatch().GetRowCount()
	}
	if rows != 1 {
		t.Errorf("got %d rows", rows)
	}
}

func TestDrainEndsWhatTakesTooLong(t *testing.T) {
	r := start(t, "--drain-timeout=300ms")
	c := dial(t, r.connect, insecure.NewCredentials())
	stream, err := c.ExecutePlan(t.Context(), rangeRequest("SELECT count(*) FROM range(100000000000) WHERE id % 7 = sqrt(id)"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	begin := time.Now()
	r.stop()
	for err == nil {
		_, err = stream.Recv()
	}
	if err == io.EOF {
		t.Error("the query ended well")
	}
	if err := <-r.done; err != nil {
		t.Errorf("ended with %v", err)
	}
	r.done <- nil
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestOtherMachinesNeedTokenAndTLS(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	os.WriteFile(file, []byte("0123456789abcdef ann\n"), 0o600)
	for _, args := range [][]string{
		{"--listen=0.0.0.0:0"}, {"--listen=:0"}, {"--listen=[::]:0"}, {"--listen=192.0.2.1:0"}, {"--listen=example.org:0"}, {"--http=0.0.0.0:0"},
		{"--listen=0.0.0.0:0", "--token-file=" + file},
		{"--listen=0.0.0.0:0", "--tls-cert=" + file, "--tls-key=" + file},
		{"--tls-cert=" + file}, {"--spark=localhost:1"}, {"--session-timeout=0s"}, {"--listen=nonsense"},
	} {
		if _, err := parse(t, args...); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
	for _, args := range [][]string{
		{}, {"--listen=127.0.0.1:0"}, {"--listen=localhost:0"}, {"--listen=[::1]:0"},
		{"--listen=0.0.0.0:0", "--http=0.0.0.0:0", "--token-file=" + file, "--tls-cert=" + file, "--tls-key=" + file},
	} {
		if _, err := parse(t, args...); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// certificate makes a certificate for this machine.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	os.WriteFile(cert, certPEM, 0o600)
	os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600)
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return cert, key, pool
}

func TestTokenAndTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	tokens := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(tokens, []byte("0123456789abcdef ann\n"), 0o600)
	r := start(t, "--token-file="+tokens, "--tls-cert="+cert, "--tls-key="+key)
	if !strings.HasPrefix(r.http, "https://") {
		t.Errorf("healthz is at %s", r.http)
	}
	c := dial(t, r.connect, credentials.NewTLS(&tls.Config{RootCAs: pool}))
	if _, err := version1(t.Context(), c); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without a token: %v", err)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer 0123456789abcdef")
	if _, err := version1(ctx, c); err != nil {
		t.Errorf("with a token: %v", err)
	}
	if _, err := version1(ctx, dial(t, r.connect, insecure.NewCredentials())); err == nil {
		t.Error("answered without TLS")
	}
}

func TestFlagsEnvironmentAndFile(t *testing.T) {
	t.Setenv("SHOAL_LISTEN", "127.0.0.1:4711")
	file := filepath.Join(t.TempDir(), "shoal.json")
	os.WriteFile(file, []byte(`{"http": "127.0.0.1:4712", "session_timeout": "5m"}`), 0o600)
	c, err := parse(t, "--config="+file, "--threads=3")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:4711" || c.HTTP != "127.0.0.1:4712" || c.Threads != 3 || c.SessionTimeout != 5*time.Minute {
		t.Errorf("got %+v", c)
	}
}

// TestEveryFlagIsEverywhere: each flag of shoal serve is also an environment variable and a key of the config file.
func TestEveryFlagIsEverywhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	os.WriteFile(file, nil, 0o600)
	values := map[string]string{
		"listen": "127.0.0.1:1", "http": "127.0.0.1:2", "data": "/d", "token-file": file,
		"spark": "sc://localhost:3", "spark-token-command": "true", "spark-token-life": "8s", "spark-ca": file,
		"admin": "ann", "tls-cert": file, "tls-key": file, "allow": "/a", "memory-limit": "1GB", "cache-memory": "64MB", "short-slots": "5", "heavy-slots": "3", "user-queries": "7", "user-running": "6", "user-memory": "2GB", "user-weight": "ann=2", "queue-timeout": "90s", "threads": "3", "conf": "k=v",
		"session-timeout": "5s", "detach-timeout": "6s", "history": "8", "drain-timeout": "7s", "log-level": "WARN", "log-json": "true",
	}
	var c commandLine
	parser, err := newParser(&c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	arguments, keys := []string{}, map[string]any{}
	serve := slices.IndexFunc(parser.Model.Children, func(n *kong.Node) bool { return n.Name == "serve" })
	for _, f := range parser.Model.Children[serve].Flags {
		value, ok := values[f.Name]
		if !ok {
			if f.Name != "spark-token-file" { // goes with no --spark-token-command
				t.Errorf("no value to try for --%s", f.Name)
			}
			continue
		}
		arguments = append(arguments, "--"+f.Name+"="+value)
		keys[strings.ReplaceAll(f.Name, "-", "_")] = value
		switch f.Name {
		case "conf":
			keys["conf"] = map[string]string{"k": "v"}
		case "user-weight":
			keys["user_weight"] = map[string]float64{"ann": 2}
		}
	}
	want, err := parse(t, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "shoal.json")
	os.WriteFile(config, text, 0o600)
	if got, err := parse(t, "--config="+config); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("from the file: %v\n%+v\n%+v", err, got, want)
	}
	for name, value := range values {
		t.Setenv("SHOAL_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")), value)
	}
	if got, err := parse(t); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("from the environment: %v\n%+v\n%+v", err, got, want)
	}
}

func TestConfigFileIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		`{"listn": "127.0.0.1:1"}`: `"listn" is no flag`,
		`{"listen": `:              "unexpected end",
		`[]`:                       "cannot unmarshal",
		`{"threads": "many"}`:      "--threads",
	} {
		file := filepath.Join(t.TempDir(), "shoal.json")
		os.WriteFile(file, []byte(text), 0o600)
		if _, err := parse(t, "--config="+file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := parse(t, "--config=/does/not/exist"); err == nil {
		t.Error("a config file that is not there is taken")
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, arg := range []string{
		"--threads=-1", "--user-queries=0", "--short-slots=1000", "--heavy-slots=-1", "--user-running=-1", "--user-memory=much", "--user-weight=ann=0", "--user-weight=ann=1000", "--memory-limit=lots", "--memory-limit=0GB", "--memory-limit=-5GB", "--memory-limit=5", "--drain-timeout=-5s",
		"--session-timeout=5", "--data=", "--log-level=loud", "--conf=novalue", "--token-file=/does/not/exist", "--nope", "more",
	} {
		if _, err := parse(t, arg); err == nil {
			t.Errorf("%s is taken", arg)
		}
	}
	for _, arg := range []string{"--memory-limit=1.5GB", "--memory-limit=512MiB", "--memory-limit=0.5tb"} {
		if _, err := parse(t, arg); err != nil {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

func TestConfsAreCheckedAtTheStart(t *testing.T) {
	c, err := parse(t, "--data="+t.TempDir(), "--conf=spark.sql.session.timeZone=Nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if h, err := open(c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "'Nowhere'") {
		h.close()
		t.Errorf("got %v", err)
	}
}

func TestMissingFoldersAreWarnedOf(t *testing.T) {
	var log strings.Builder
	(&serveCmd{Allow: []string{t.TempDir(), "/does/not/exist"}}).warnOfMissing(slog.New(slog.NewTextHandler(&log, nil)))
	if strings.Count(log.String(), "level=WARN") != 1 || !strings.Contains(log.String(), "allow=/does/not/exist") {
		t.Errorf("got %s", log.String())
	}
}

// TestHelp: every command explains itself, with examples where it has more than a line to say.
func TestHelp(t *testing.T) {
	for command, want := range map[string]string{"": "serve", "serve": "Examples:", "sql": "Examples:", "version": "--json"} {
		var out bytes.Buffer
		exited := -1
		parser, err := newParser(&commandLine{}, "", kong.Writers(&out, &out), kong.Exit(func(code int) { exited = code }))
		if err != nil {
			t.Fatal(err)
		}
		parser.Parse(append(strings.Fields(command), "--help"))
		if exited != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("shoal %s --help exits with %d and says\n%s", command, exited, out.String())
		}
	}
}

func TestPortInUseIsExplained(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, flag := range []string{"--listen=", "--http="} {
		c, err := parse(t, "--listen=127.0.0.1:0", "--http=127.0.0.1:0", flag+taken.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		err = c.serve(t.Context(), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "choose another port") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestQueriesReachAllowedFoldersOnly(t *testing.T) {
	c := serveCmd{TokenFile: "tokens"}
	if got := c.allowed(); len(got) != 0 {
		t.Errorf("with tokens, the default is %v", got)
	}
	if got := (&serveCmd{Allow: []string{"/data"}}).allowed(); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}
