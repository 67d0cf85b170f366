"""Writes what an older Spark Connect does not know of the protocol: fields as message.field, enum values as enum.VALUE.

    tools/record_protocol.py PYTHON_OF_THE_OLDER_PYSPARK > engine/spark/lacking-3.5.txt

Run it with the Python whose PySpark has the newest protocol that Shoal knows (tools/venv oracle).
"""
import json
import subprocess
import sys

DUMP = """
import importlib, json
known = {}
def visit(message):
    known[message.full_name] = [f.name for f in message.fields]
    for enum in message.enum_types:
        known[enum.full_name] = [v.name for v in enum.values]
    for inner in message.nested_types:
        visit(inner)
for name in "base catalog commands common expressions ml ml_common pipelines relations types".split():
    try:
        file = importlib.import_module(f"pyspark.sql.connect.proto.{name}_pb2").DESCRIPTOR
    except ImportError:
        continue
    for message in file.message_types_by_name.values():
        visit(message)
    for enum in file.enum_types_by_name.values():
        known[enum.full_name] = [v.name for v in enum.values]
print(json.dumps(known))
"""


def protocol(python):
    return json.loads(subprocess.check_output([python, "-c", DUMP], stderr=subprocess.DEVNULL))


older, newer = protocol(sys.argv[1]), protocol(sys.executable)
print("# What this version of Spark Connect does not know. Made by tools/record_protocol.py.")
for name, parts in sorted(newer.items()):
    if name in older:  # a message that is not known is only reached by a field that is not
        for part in parts:
            if part not in older[name]:
                print(f"{name.removeprefix('spark.connect.')}.{part}")
