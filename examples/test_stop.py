"""The stop button of real Jupyter: the cell ends with KeyboardInterrupt, and nothing is left running at the server."""
import time

import pytest
from jupyter_client.manager import start_new_kernel

CONNECT = "from pyspark.sql import SparkSession; spark = SparkSession.builder.remote('{}').getOrCreate(); spark.range(3).count()"
CELLS = {
    "collect": "spark.sql('SELECT sum(sqrt(id) * sin(id)) FROM range(100000000000)').collect()",
    "rows that come": "for row in spark.range(100000000000).toLocalIterator(): pass",
    "write": "spark.range(100000000000).write.mode('overwrite').saveAsTable('half')",
}
LEFT = "(spark.interruptAll(), spark.catalog.tableExists('half'), spark.range(3).count())"


@pytest.fixture(scope="module")
def kernel(shoal):
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        run(client, CONNECT.format(shoal.url))
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code):
    """The error's name and the result of a cell."""
    values = []

    def heard(message):
        if message["msg_type"] == "execute_result":
            values.append(message["content"]["data"]["text/plain"])

    reply = client.execute_interactive(code, output_hook=heard, timeout=60)["content"]
    return reply.get("ename"), "".join(values)


@pytest.mark.parametrize("cell", CELLS)
def test_stop_button(kernel, cell):
    manager, client = kernel
    client.execute(CELLS[cell])
    time.sleep(1.5)
    start = time.monotonic()
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=30)["content"]
    took = time.monotonic() - start
    assert reply["ename"] == "KeyboardInterrupt"
    assert run(client, LEFT) == (None, "([], False, 3)")
    print(f"{cell}: the cell ended after {took:.2f} s")
    assert took < 5
