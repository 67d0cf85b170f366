"""The network between Shoal and Spark stands still for half a minute."""
import socket
import threading
import time

import pytest

import servers
from conftest import connect

STALL = 30


class Wire:
    """A network to a server that can be told to stand still."""

    def __init__(self, port):
        self.to = ("127.0.0.1", port)
        self.moves = threading.Event()
        self.moves.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"sc://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(self.to)
            for one, other in [(near, far), (far, near)]:
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    def pump(self, one, other):
        try:
            while data := one.recv(1 << 16):
                self.moves.wait()
                other.sendall(data)
        except OSError:
            pass
        other.close()


@pytest.fixture(scope="module")
def wired(real):
    wire = Wire(real.port)
    with servers.Shoal("--spark", wire.url) as door:
        yield wire, door


def test_the_network_stands_still(wired):
    """Reads go on, a write that was under way is made once, and what Shoal answers itself does not notice."""
    wire, door = wired
    far, writer, near = connect(door.url), connect(door.url), connect(door.url)
    for spark in (far, writer):
        spark.conf.set("shoal.engine", "spark")
    near.conf.set("shoal.engine", "duckdb")
    writer.sql("CREATE TABLE stalled (x BIGINT) USING parquet")
    seen, failed, begun = [], [], threading.Event()

    def read():
        try:
            for row in far.range(3_000_000).toLocalIterator():
                seen.append(row[0])
                begun.set()
                if len(seen) % 50_000 == 0:
                    time.sleep(0.05)
        except Exception as e:
            failed.append(e)
            begun.set()

    def write():
        try:
            writer.sql("INSERT INTO stalled SELECT sum(a.id) FROM range(3000) a, range(10000) b")
        except Exception as e:
            failed.append(e)

    work = [threading.Thread(target=f, daemon=True) for f in (read, write)]
    for t in work:
        t.start()
    assert begun.wait(60)
    wire.moves.clear()
    try:
        until = time.time() + STALL
        asked = threading.Thread(target=lambda: seen.append(far.sql("SELECT 1 AS x").schema), daemon=True)
        asked.start()
        slowest = 0
        while time.time() < until:
            start = time.time()
            assert near.range(1000).count() == 1000
            slowest = max(slowest, time.time() - start)
            time.sleep(0.5)
    finally:
        wire.moves.set()
    assert slowest < 5
    for t in [*work, asked]:
        t.join(120)
        assert not t.is_alive()
    assert not failed
    rows = [x for x in seen if isinstance(x, int)]
    assert len(rows) == 3_000_000 and rows[-1] == 2_999_999 and len(seen) == len(rows) + 1
    assert writer.table("stalled").count() == 1
    writer.sql("DROP TABLE stalled")
