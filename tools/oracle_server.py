"""One real Spark Connect server for the oracle: start, wait until it answers, end."""
import contextlib
import os
import signal
import sys

import servers

CONF = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",  # tiny inputs: saves time, changes no answer
    "spark.sql.catalogImplementation": "in-memory",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.sql.connect.ui.retainedSessions": "2",
}


@contextlib.contextmanager
def running(port=0):
    """A server of this Python's Spark for the length of a with statement; SIGTERM ends both."""
    with servers.Spark(sys.executable, memory="1500m", port=port, **CONF) as server:

        def end(*_):
            server.stop()
            os._exit(143)  # at once: clients' threads would wait for answers

        signal.signal(signal.SIGTERM, end)
        yield server


if __name__ == "__main__":  # keeps one server for many runs: oracle_server.py [PORT]
    with running(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as s:
        print(s.url, flush=True)
        signal.pause()
