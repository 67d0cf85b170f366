package local

// This file writes the command lines and the settings of the cluster's processes.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// platform is what the processes run on.
type platform struct {
	Java  string       `json:"java"`
	Spark distribution `json:"spark"`
	Conf  string       `json:"conf"` // an empty folder: a class path with files of its own in it has no archive

	ClassPath string   `json:"class_path"`
	Options   []string `json:"options"`
	Archive   string   `json:"archive,omitempty"`
}

const sparkSubmit = "org.apache.spark.deploy.SparkSubmit"

// askLauncher asks Spark itself how its processes begin: that differs between versions, and the
// archive of classes serves executors, whose command lines Spark writes, only if all are alike.
func (r *platform) askLauncher(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, r.Java, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(r.Spark.Home, "jars")+"/*",
		"org.apache.spark.launcher.Main", sparkSubmit, "--class", "None", "spark-internal")
	cmd.Env = r.environment("", masterHost)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("launcher of Spark: %w", err)
	}
	r.ClassPath, r.Options = launcherWords(string(out))
	if r.ClassPath == "" {
		return errors.New("the launcher of Spark gave no class path")
	}
	return nil
}

// launcherWords takes what we need of a command line whose words end with zeros.
func launcherWords(out string) (classPath string, options []string) {
	words := strings.Split(strings.TrimSpace(out), "\x00")
	for i, w := range words {
		switch {
		case w == "-cp" && i+1 < len(words):
			classPath = words[i+1]
		case w == sparkSubmit:
			return classPath, options
		case strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "-Xm") && classPath != "":
			options = append(options, w)
		}
	}
	return "", nil
}

// base are the arguments all processes have.
func (r platform) base(tmp string) []string {
	return slices.Concat(r.Options, r.flags(), []string{"-Djava.io.tmpdir=" + tmp, "-cp", r.ClassPath})
}

// flags are those that Spark does not give its executors by itself.
func (r platform) flags() []string {
	flags := []string{"-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError"}
	if r.Archive != "" {
		flags = append(flags, "-XX:SharedArchiveFile="+r.Archive)
	}
	return flags
}

// environment is ours without what would change Spark, and with the mark of a role.
func (r platform) environment(mark, host string, more ...string) []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "SPARK_") && !strings.HasPrefix(name, "PYSPARK_") && !slices.Contains(foreignVars, name) {
			env = append(env, e)
		}
	}
	env = append(env, "SPARK_HOME="+r.Spark.Home, "SPARK_CONF_DIR="+r.Conf, "SPARK_LOCAL_IP="+host,
		"SPARK_SCALA_VERSION=2.13", markVar+"="+mark)
	if java, ok := strings.CutSuffix(r.Java, "/bin/java"); ok {
		env = append(env, "JAVA_HOME="+java)
	}
	if r.Spark.Python != "" {
		env = append(env, "PYSPARK_PYTHON="+r.Spark.Python)
	}
	return append(env, more...)
}

// foreignVars change what Spark does.
var foreignVars = []string{markVar, "HADOOP_CONF_DIR", "YARN_CONF_DIR", "CLASSPATH", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS",
	"JDK_JAVA_OPTIONS", "MASTER"}

// daemon are the arguments of the master and the workers: small, and quick to begin.
func (r platform) daemon(tmp, logConf string, conf []string, main ...string) []string {
	args := []string{fmt.Sprintf("-Xmx%dm", daemonHeap/mib), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.configurationFile=file:" + logConf}
	for _, c := range conf {
		args = append(args, "-D"+c)
	}
	return slices.Concat(args, r.base(tmp), main)
}

// common are the settings that master, workers and driver must agree on.
var common = []string{
	"spark.port.maxRetries=0", // a port is the one in the state file, or none
	"spark.decommission.enabled=true",
	"spark.ui.killEnabled=false",
}

func (s *state) masterArgs() []string {
	conf := append(slices.Clone(common),
		"spark.deploy.recoveryMode=FILESYSTEM", // a master that comes back knows its workers and drivers
		"spark.deploy.recoveryDirectory="+s.path("master", "recovery"),
		"spark.deploy.maxExecutorRetries=-1", // a worker in trouble must not cost the driver its place
		"spark.master.rest.enabled=false",
		"spark.master.ui.decommission.allow.mode=DENY")
	return s.Platform.daemon(s.path("master", "tmp"), s.path("log4j2.properties"), conf, "org.apache.spark.deploy.master.Master",
		"--host", masterHost, "--port", fmt.Sprint(s.Ports.Master), "--webui-port", fmt.Sprint(s.Ports.MasterUI))
}

func (s *state) workerArgs(m member) []string {
	conf := append(slices.Clone(common), "spark.worker.cleanup.enabled=true", "spark.worker.cleanup.interval=600", "spark.worker.cleanup.appDataTtl=3600")
	return s.Platform.daemon(s.path(m.Role, "tmp"), s.path("log4j2.properties"), conf, "org.apache.spark.deploy.worker.Worker",
		"--host", m.Place.Host, "--port", fmt.Sprint(m.Place.Port), "--webui-port", fmt.Sprint(m.Place.UI),
		"--cores", fmt.Sprint(s.Spec.Cores), "--memory", fmt.Sprintf("%dm", s.Spec.Memory/mib),
		"--work-dir", s.path(m.Role, "work"), s.masterURL())
}

func (s *state) connectArgs() []string {
	args := []string{fmt.Sprintf("-Xmx%dm", s.Spec.DriverMemory/mib), "-Dlog4j2.configurationFile=file:" + s.path("log4j2.properties"),
		"-Dderby.stream.error.file=" + s.path("connect", "tmp", "derby.log")}
	return slices.Concat(args, s.Platform.base(s.path("connect", "tmp")), []string{sparkSubmit,
		"--properties-file", s.path("connect.conf"),
		"--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"})
}

func (s *state) masterURL() string { return fmt.Sprintf("spark://%s:%d", masterHost, s.Ports.Master) }

// connectConf are the settings of the Connect server, which is the driver of all queries.
func (s *state) connectConf(most int) []string {
	cores := s.Spec.Workers * s.Spec.Cores
	file := func(parts ...string) string { return "file:" + s.path(parts...) }
	return slices.Concat(common, s.catalogConf(), []string{
		"spark.master=" + s.masterURL(), "spark.app.name=shoal", "spark.submit.deployMode=client",
		"spark.driver.host=" + masterHost, "spark.driver.bindAddress=" + masterHost,
		fmt.Sprintf("spark.driver.memory=%dm", s.Spec.DriverMemory/mib),
		"spark.local.dir=" + s.path("connect", "tmp"),
		"spark.connect.grpc.binding.address=" + masterHost, fmt.Sprintf("spark.connect.grpc.binding.port=%d", s.Ports.Connect),
		fmt.Sprintf("spark.ui.port=%d", s.Ports.DriverUI), "spark.ui.showConsoleProgress=false",
		"spark.ui.retainedJobs=300", "spark.ui.retainedStages=300", "spark.ui.retainedTasks=20000", "spark.sql.ui.retainedExecutions=200",

		// One executor a worker, with all it has; half of them stay when nothing is to do.
		fmt.Sprintf("spark.executor.cores=%d", s.Spec.Cores), fmt.Sprintf("spark.executor.memory=%dm", s.Spec.Memory/mib),
		"spark.executor.extraJavaOptions=" + strings.Join(append(s.Platform.flags(), "-Dlog4j2.configurationFile="+file("log4j2.properties")), " "),
		"spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.shuffleTracking.enabled=false", // decommissioning does that
		"spark.dynamicAllocation.executorIdleTimeout=10min",
		fmt.Sprintf("spark.dynamicAllocation.initialExecutors=%d", s.Spec.Workers),
		fmt.Sprintf("spark.dynamicAllocation.minExecutors=%d", (s.Spec.Workers+1)/2),
		fmt.Sprintf("spark.dynamicAllocation.maxExecutors=%d", max(most, s.Spec.Workers)),
		fmt.Sprintf("spark.sql.shuffle.partitions=%d", max(8, 4*cores)), "spark.locality.wait=0s",

		"spark.scheduler.mode=FAIR", "spark.scheduler.allocation.file=" + file("pools.xml"),
		fmt.Sprintf("spark.shoal.reserve=%d", s.reserve()),
		// Each session compiles its queries for itself. With room for a hundred (Spark's own) those of forty users push each
		// other out, and a short query takes four times the processor time: 1.1 s for 0.25 s, seen on two cores.
		"spark.sql.codegen.cache.maxEntries=2000",

		// One bad worker or volume fails no query. Each worker has an address, so that a "node" is a worker. A task
		// that failed on one runs on another: one that fails on as many as maxFailures is its query's fault. There must
		// be as many, or Spark waits for one more before it tells the user of a division by zero.
		fmt.Sprintf("spark.task.maxFailures=%d", min(3, s.Spec.Workers)), "spark.stage.maxConsecutiveAttempts=8",
		fmt.Sprintf("spark.excludeOnFailure.enabled=%t", s.Spec.Workers > 1), "spark.excludeOnFailure.timeout=1min",
		"spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout=5s",
		"spark.excludeOnFailure.application.fetchFailure.enabled=true",
		"spark.shuffle.io.maxRetries=3", "spark.shuffle.io.retryWait=1s",
		"spark.storage.decommission.enabled=true", "spark.storage.decommission.shuffleBlocks.enabled=true",
		"spark.storage.decommission.rddBlocks.enabled=true", "spark.executor.decommission.forceKillTimeout=90s",
		"spark.cleaner.periodicGC.interval=5min",

		"spark.eventLog.enabled=true", "spark.eventLog.dir=" + file("eventlog"),
		"spark.eventLog.rolling.enabled=true", "spark.eventLog.rolling.maxFileSize=64m",
	})
}

// catalogConf says where tables are kept: in the data directory, so that they outlive the cluster. A Spark without Hive's
// jars keeps their names in memory only.
func (s *state) catalogConf() []string {
	data := filepath.Dir(s.dir)
	conf := []string{"spark.sql.warehouse.dir=file:" + filepath.Join(data, "warehouse")}
	if !s.Platform.Spark.Lasting {
		return append(conf, "spark.sql.catalogImplementation=in-memory")
	}
	return append(conf, metastoreConf(filepath.Join(data, "metastore"), s.path("connect", "tmp"))...)
}

// metastoreConf keeps the names of tables in a database of its own in a folder, which one process may use.
func metastoreConf(dir, tmp string) []string {
	return []string{
		"spark.sql.catalogImplementation=hive",
		"spark.sql.legacy.createHiveTableByDefault=false", // as without Hive
		"spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:derby:;databaseName=" + dir + ";create=true",
		"spark.hadoop.datanucleus.schema.autoCreateAll=true",
		"spark.hadoop.hive.metastore.schema.verification=false",
		"spark.hadoop.hive.exec.scratchdir=" + filepath.Join(tmp, "hive"),
	}
}

// pools: the default one has long queries and machine learning; short queries get cores first. What is in the pool reserve only
// keeps a quarter of them from long queries, for short ones (session/reserve.go): beyond that all others come first.
const pools = `<?xml version="1.0"?>
<allocations>
  <pool name="default"><schedulingMode>FAIR</schedulingMode><weight>100</weight><minShare>0</minShare></pool>
  <pool name="short"><schedulingMode>FAIR</schedulingMode><weight>400</weight><minShare>%d</minShare></pool>
  <pool name="reserve"><schedulingMode>FAIR</schedulingMode><weight>1</weight><minShare>%d</minShare></pool>
</allocations>
`

const logConf = `status = error
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.hive.name = org.apache.hadoop.hive
logger.hive.level = error
logger.metastore.name = DataNucleus
logger.metastore.level = error
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n%ex
`

// writeConf writes the files that the processes read.
func (s *state) writeConf() error {
	for _, dir := range []string{s.path("eventlog"), s.path("logs"), s.Platform.Conf} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	var conf bytes.Buffer
	for _, c := range s.connectConf(fitting(s.Spec, machineMemory())) {
		key, value, _ := strings.Cut(c, "=")
		fmt.Fprintf(&conf, "%s %s\n", key, value)
	}
	for name, text := range map[string]string{"connect.conf": conf.String(), "log4j2.properties": logConf,
		"pools.xml": fmt.Sprintf(pools, max(1, s.Spec.Workers*s.Spec.Cores*3/4), s.reserve())} {
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// reserve is how many slots are kept for short queries.
func (s *state) reserve() int { return max(1, s.Spec.Workers*s.Spec.Cores/4) }

// lastLine is the last line that says something.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
