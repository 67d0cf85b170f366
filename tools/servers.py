"""Spark Connect servers as child processes: Shoal, real Spark and Sail, for tests and benchmarks.

    with servers.Shoal() as shoal:
        SparkSession.builder.remote(shoal.url)

A server listens on a free port of this machine and is stopped at the end of the block. Times are UTC.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("SHOAL_CACHE") or pathlib.Path.home() / ".cache" / "shoal")


class Server:
    """A child process. Subclasses say how to start it and when it is ready."""

    url = None
    process = None

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="shoal-")
        self.log = os.path.join(self.home, "server.log")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def spawn(self, command, **env):
        # A run that is killed must leave no server behind. (Not by preexec_fn, which breaks gRPC's threads.)
        tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        self.process = subprocess.Popen(
            [*tied, *map(str, command)], cwd=self.home, env={**os.environ, "TZ": "UTC", **env}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=open(self.log, "wb"), stderr=subprocess.STDOUT)

    def wait(self, ready, seconds):
        """Calls ready() until it is true."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{type(self).__name__} did not start:\n{self.output()[-3000:]}")
            time.sleep(0.002)
        return self

    def output(self):
        return pathlib.Path(self.log).read_text(errors="replace")

    def stop(self, grace=20):
        """Asks the process to end and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def answers(self):
        """Whether something listens on the port."""
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def memory(self):
        """Resident memory of the process, in MB (Linux only)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


# ANEW has a Shoal compute each answer, also one that it has given before: for who measures that.
ANEW = ("--conf", "shoal.cache=false")


class Shoal(Server):
    """bin/shoal serve. Stopped and started again it keeps its port and its data, which may be a folder that is there already."""

    def __init__(self, *flags, binary=None, data=None):
        super().__init__()
        self.data = data or os.path.join(self.home, "data")
        self.binary = binary or os.environ.get("SHOAL_BINARY") or ROOT / "bin" / "shoal"
        self.flags = flags
        self.port = 0

    def start(self):
        self.spawn([self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--http", "127.0.0.1:0",
                    "--data", self.data, *self.flags])
        self.wait(self.ready, 30)
        return self

    def ready(self):
        for line in self.output().splitlines():
            if line.startswith("shoal ready "):
                words = dict(word.split("=", 1) for word in line.split()[2:])
                self.url, self.http = words["connect"], words["http"]
                self.port = int(self.url.rsplit(":", 1)[1])
                return True
        return False


class Spark(Server):
    """A real Spark Connect server. python is an environment with all of pyspark in it."""

    def __init__(self, python, cores=2, memory="2g", port=0, **conf):
        super().__init__()
        self.python, self.cores, self.memory_limit, self.conf = python, cores, memory, conf
        self.port = port or free_port()
        self.url = f"sc://127.0.0.1:{self.port}"

    def start(self):
        spark = subprocess.check_output(
            [self.python, "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))"], text=True).strip()
        conf = {"spark.connect.grpc.binding.port": self.port, "spark.ui.enabled": "false",
                "spark.sql.session.timeZone": "UTC", "spark.local.dir": os.path.join(self.home, "local"), **self.conf}
        self.spawn([f"{spark}/bin/spark-submit", "--master", f"local[{self.cores}]",
                    "--driver-memory", self.memory_limit, "--driver-java-options", "-Duser.timezone=UTC",
                    *(x for k, v in conf.items() for x in ("--conf", f"{k}={v}")),
                    "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"],
                   SPARK_HOME=spark, SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=str(self.python))
        return self.wait(self.answers, 240)


class Cluster:
    """A local cluster of real Spark, as shoal cluster up makes it: for the length of a with statement."""

    def __init__(self, python, workers=4, memory="1g", driver="2g", binary=None):
        self.binary = str(binary or os.environ.get("SHOAL_BINARY") or ROOT / "bin" / "shoal")
        self.data = tempfile.mkdtemp(prefix="shoal-cluster-")
        self.flags = ["--data", self.data, "--spark-dir", str(CACHE / "spark")]
        self.size = ["--workers", str(workers), "--cores", "1", "--memory", memory, "--driver-memory", driver]
        self.env = {**os.environ, "TZ": "UTC", "SPARK_HOME": subprocess.check_output(
            [python, "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))"], text=True).strip()}

    def run(self, *args):
        return subprocess.run([self.binary, "cluster", *args, *self.flags], env=self.env, check=True, text=True, stdout=subprocess.PIPE).stdout

    def __enter__(self):
        try:
            self.url = json.loads(self.run("up", "--local", *self.size, "--json"))["connect"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.run("down")
        shutil.rmtree(self.data, ignore_errors=True)


class Sail(Server):
    """A Sail server. python is an environment with pysail in it."""

    def __init__(self, python):
        super().__init__()
        self.python = python
        self.port = free_port()
        self.url = f"sc://127.0.0.1:{self.port}"

    def start(self):
        sail = os.path.join(os.path.dirname(self.python), "sail")
        self.spawn([sail, "spark", "server", "--ip", "127.0.0.1", "--port", self.port])
        return self.wait(self.answers, 60)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
