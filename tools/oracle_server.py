"""One real Spark Connect server for the oracle: start, wait until it answers, end."""
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

CONF = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",  # tiny inputs: saves time, changes no answer
    "spark.sql.catalogImplementation": "in-memory",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.sql.connect.ui.retainedSessions": "2",
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A Spark Connect server as a child process, with its work files in a folder of its own."""

    def __init__(self, port=0, memory="1500m", conf=()):
        import pyspark

        self.port = port or free_port()
        self.url = f"sc://127.0.0.1:{self.port}"
        self.dir = tempfile.mkdtemp(prefix="shoal-oracle-")
        home = os.path.dirname(pyspark.__file__)
        settings = dict(CONF, **dict(conf))
        settings["spark.connect.grpc.binding.port"] = str(self.port)
        settings["spark.sql.warehouse.dir"] = f"{self.dir}/warehouse"
        settings["spark.local.dir"] = f"{self.dir}/local"
        command = ["bash", f"{home}/bin/spark-submit", "--master", "local[2]", "--driver-memory", memory,
                   "--driver-java-options", "-Duser.timezone=UTC -XX:+UseSerialGC"]
        for key, value in settings.items():
            command += ["--conf", f"{key}={value}"]
        command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
        env = dict(os.environ, SPARK_HOME=home, PYSPARK_PYTHON=sys.executable, TZ="UTC")
        self.log = open(f"{self.dir}/server.log", "wb")
        self.process = subprocess.Popen(command, cwd=self.dir, env=env, stdout=self.log,
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def wait(self, seconds=90):
        """Waits until the port is open; raises with the log's end if Spark dies or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.2)
        with open(self.log.name, errors="replace") as f:
            raise SystemExit("Spark did not start:\n" + f.read()[-3000:])

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        subprocess.run(["rm", "-rf", self.dir], check=False)


@contextlib.contextmanager
def running(**options):
    """A server for the length of a with statement; SIGTERM ends both."""
    server = Server(**options)

    def end(*_):
        server.stop()
        os._exit(143)  # at once: clients' threads would wait for answers

    signal.signal(signal.SIGTERM, end)
    try:
        yield server.wait()
    finally:
        server.stop()


if __name__ == "__main__":  # keeps one server for many runs: oracle_server.py [PORT]
    with running(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as s:
        print(s.url, flush=True)
        signal.pause()
