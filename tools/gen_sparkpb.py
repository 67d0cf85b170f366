#!/usr/bin/env python3
"""Generates internal/sparkpb: Go code of the Spark Connect protocol, from the descriptors in the pyspark wheel.

  gen_sparkpb.py OUT_DIR      needs pyspark[connect] and grpcio-tools in this Python; protoc-gen-go and
                              protoc-gen-go-grpc on PATH (see the Makefile's target gen)
Generating from descriptors leaves out the comments of the .proto files.
"""
import importlib
import os
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

FILES = "base catalog commands common expressions ml ml_common pipelines relations types".split()
PACKAGE = "shoal/internal/sparkpb;sparkpb"


def main(out):
    files = descriptor_pb2.FileDescriptorSet()
    seen = set()

    def add(descriptor):
        if descriptor.name in seen:
            return
        seen.add(descriptor.name)
        for dependency in descriptor.dependencies:
            add(dependency)
        descriptor.CopyToProto(files.file.add())

    for name in FILES:
        add(importlib.import_module(f"pyspark.sql.connect.proto.{name}_pb2").DESCRIPTOR)
    names = [f"spark/connect/{name}.proto" for name in FILES]
    mapping = ",".join(f"M{name}={PACKAGE}" for name in names)
    options = f"paths=source_relative,{mapping}"
    with tempfile.TemporaryDirectory() as tmp:
        with open(f"{tmp}/set.pb", "wb") as f:
            f.write(files.SerializeToString())
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"--descriptor_set_in={tmp}/set.pb",
                        f"--go_out={tmp}", f"--go_opt={options}", f"--go-grpc_out={tmp}", f"--go-grpc_opt={options}",
                        *names], check=True)
        os.makedirs(out, exist_ok=True)
        for name in sorted(os.listdir(f"{tmp}/spark/connect")):
            with open(f"{tmp}/spark/connect/{name}") as src, open(f"{out}/{name}", "w") as dst:
                dst.write(src.read())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
