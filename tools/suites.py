#!/usr/bin/env python3
"""Runs Spark's own tests with this environment's PySpark client on any Spark Connect server.

  suites.py run --url sc://HOST:PORT --json OUT [--tests FOLDER] [NAME ...]
      NAME is a module: of the package pyspark its docstrings' examples are run (one docstring is one test),
      of pyspark.sql.tests its test cases. By default all that Spark runs on Connect. Test cases are no part of
      PySpark's packages: FOLDER is the folder python of Spark's sources.
  suites.py compare OUT REFERENCE
      the share of what passed in REFERENCE (real Spark) that passed in OUT, and why the rest did not.

A module runs in a process of its own. Where a test takes longer than --patience seconds or ends the process,
the module goes on in another one without it.
"""
import argparse
import collections
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

DOCTESTS = [f"pyspark.sql.connect.{name}" for name in (
    "catalog", "column", "conf", "dataframe", "functions.builtin", "functions.partitioning", "group", "merge",
    "observation", "readwriter", "session", "streaming.query", "streaming.readwriter", "tvf", "window")]
WORDS = ("passed", "failed", "refused", "skipped", "stuck")


def tests_in(folder):
    """The modules of Spark's tests that run on Connect."""
    home = os.path.join(folder, "pyspark", "sql", "tests", "connect")
    for at, _, files in sorted(os.walk(home)):
        for name in sorted(files):
            if re.fullmatch(r"test_.*\.py", name):
                path = os.path.relpath(os.path.join(at, name), folder)
                yield path[:-len(".py")].replace(os.sep, ".")


# --- in the module's own process ---

class Journal:
    """One line of JSON for each test that begins or ends."""

    def __init__(self, path, leave_out):
        self.file = open(path, "a", buffering=1)
        self.leave_out = set(leave_out)

    def write(self, name, verdict=None, reason=""):
        self.file.write(json.dumps([name, verdict, reason]) + "\n")

    def failed(self, name, text):
        self.write(name, "refused" if "UNSUPPORTED_FEATURE" in text else "failed", text)


def run_examples(module, journal):
    """Spark's own _test() prepares the examples; only what runs them is ours."""
    import doctest

    def each(m=None, globs=None, optionflags=0, **_):
        for test in doctest.DocTestFinder().find(m, m.__name__, globs=globs):
            if not test.examples or test.name in journal.leave_out:
                continue
            journal.write(test.name)
            lines = []
            runner = doctest.DocTestRunner(verbose=False, optionflags=optionflags)
            if runner.run(test, out=lines.append).failed:
                journal.failed(test.name, "".join(lines))
            else:
                journal.write(test.name, "passed")
        return 0, 0

    doctest.testmod = each
    os.environ["SPARK_HOME"] = tempfile.mkdtemp(prefix="suites-")
    os.chdir(os.environ["SPARK_HOME"])
    importlib.import_module(module)._test()


def run_cases(module, folder, journal):
    import unittest

    class Result(unittest.TestResult):
        def startTest(self, test):
            super().startTest(test)
            journal.write(test.id())

        def addSuccess(self, test):
            journal.write(test.id(), "passed")

        def addSkip(self, test, reason):
            journal.write(test.id(), "skipped", reason)

        def addFailure(self, test, err):
            journal.failed(test.id(), self._exc_info_to_string(err, test))

        addError = addFailure

        def addSubTest(self, test, subtest, err):
            if err:
                self.addFailure(test, err)

        def addExpectedFailure(self, test, err):
            self.addSuccess(test)

    os.environ["SPARK_HOME"] = os.path.dirname(folder)
    for package in ("pyspark.sql", "pyspark.testing"):  # the client's own modules come first
        importlib.import_module(package).__path__.append(os.path.join(folder, *package.split(".")))
    os.chdir(tempfile.mkdtemp(prefix="suites-"))
    suite = unittest.defaultTestLoader.loadTestsFromName(module)
    unittest.TestSuite(only(suite, journal.leave_out)).run(Result())


def only(suite, leave_out):
    for test in suite:
        if hasattr(test, "__iter__"):
            kept = list(only(test, leave_out))
            if kept:
                yield type(test)(kept)
        elif test.id() not in leave_out:
            yield test


def child(options):
    journal = Journal(options.journal, json.loads(options.leave_out))
    module = options.names[0]
    if ".tests." in module:
        run_cases(module, options.tests, journal)
    else:
        run_examples(module, journal)
    journal.file.flush()
    os._exit(0)  # clients' threads may still wait


# --- the processes ---

def read_journal(path):
    """What ended, and the test that began and did not."""
    verdicts, open_test = {}, None
    with open(path) as f:
        for line in f:
            name, verdict, reason = json.loads(line)
            open_test = name if verdict is None else None
            if verdict and verdicts.get(name, ("passed",))[0] in ("passed", "skipped"):
                verdicts[name] = (verdict, reason)
    return verdicts, open_test


def run_module(module, options):
    """{test: (verdict, text)} of one module."""
    with tempfile.TemporaryDirectory(prefix="suites-") as home:
        journal = os.path.join(home, "journal")
        open(journal, "w").close()
        while True:
            verdicts, _ = read_journal(journal)
            command = [sys.executable, os.path.abspath(__file__), "run", "--url", options.url, "--journal", journal,
                       "--leave-out", json.dumps(sorted(verdicts)), module]
            if options.tests:
                command += ["--tests", os.path.abspath(options.tests)]
            env = {**os.environ, "SPARK_CONNECT_TESTING_REMOTE": options.url, "SPARK_TESTING": "1", "TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1"}
            with open(os.path.join(home, "output"), "w+") as output:
                process = subprocess.Popen(command, env=env, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
                status = wait(process, journal, options.patience)
                output.seek(0)
                said = output.read()[-3000:]
            verdicts, open_test = read_journal(journal)
            if open_test:
                with open(journal, "a") as f:
                    f.write(json.dumps([open_test, "stuck", f"ended with {status}\n{said}"]) + "\n")
                continue
            if status:
                verdicts[module] = ("failed", said)
            return verdicts


def wait(process, journal, patience):
    """Waits for the end, or until no test has ended for so long."""
    size, since = -1, time.monotonic()
    while process.poll() is None:
        if os.path.getsize(journal) != size:
            size, since = os.path.getsize(journal), time.monotonic()
        if time.monotonic() - since > patience:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(0.05)
    return process.returncode


def run(options):
    names = options.names or DOCTESTS + (list(tests_in(options.tests)) if options.tests else [])
    found = {}
    for module in names:
        begin = time.monotonic()
        verdicts = run_module(module, options)
        found[module] = {name: [v, text] for name, (v, text) in verdicts.items()}
        print(f"{module}: {tell(verdicts.values())}, {time.monotonic() - begin:.0f} s", flush=True)
        if options.json:
            with open(options.json, "w") as f:
                json.dump(found, f, indent=1)
    everything = [v for verdicts in found.values() for v in verdicts.values()]
    print(f"all: {tell(everything)}")
    histogram([text for verdict, text in everything if verdict in ("failed", "refused", "stuck")])
    return 0


def tell(verdicts):
    counts = collections.Counter(v[0] for v in verdicts)
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])


def reason(text):
    """The line that says what went wrong, without what differs from run to run."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt|SkipTest)\b", line)]
    refused = [line for line in lines if "UNSUPPORTED_FEATURE" in line]
    line = (refused or errors[:1] or lines[-1:] or [""])[0]
    return re.sub(r"#\d+|\b[0-9a-f]{8}-[0-9a-f-]{27}|0x[0-9a-f]+", "#", line)[:200]


def histogram(texts):
    for line, n in collections.Counter(map(reason, texts)).most_common(60):
        print(f"{n:5}  {line}")


def compare(options):
    """How much of what the reference passes passes here, by module, and why the rest does not."""
    mine, reference = (json.load(open(path)) for path in options.names)
    rows, lost, beyond = [], [], 0
    for module, verdicts in reference.items():
        here = mine.get(module, {})
        due = [name for name, (verdict, _) in verdicts.items() if verdict == "passed"]
        held = [name for name in due if here.get(name, ["missing"])[0] == "passed"]
        beyond += sum(v[0] == "passed" and verdicts.get(name, [""])[0] != "passed" for name, v in here.items())
        rows.append((module, len(held), len(due)))
        lost += [(name, here.get(name, ["missing", "missing"])[1]) for name in due if name not in held]
    for module, held, due in rows:
        print(f"{held:5} of {due:5} {100 * held / due if due else 100:5.1f} %  {module}")
    held, due = sum(r[1] for r in rows), sum(r[2] for r in rows)
    print(f"{held} of {due}, {100 * held / due:.1f} % of what the reference passes; beyond that {beyond}")
    if options.list:
        for name, text in lost:
            print(f"{name}: {reason(text)}")
    else:
        histogram([text for _, text in lost])
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("run", "compare"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--url")
    parser.add_argument("--json")
    parser.add_argument("--tests")
    parser.add_argument("--patience", type=float, default=120)
    parser.add_argument("--list", action="store_true", help="compare: each test that is missing")
    parser.add_argument("--journal", help=argparse.SUPPRESS)
    parser.add_argument("--leave-out", help=argparse.SUPPRESS)
    options = parser.parse_intermixed_args()
    if options.task == "compare":
        return compare(options)
    if not options.url:
        parser.error("run needs --url")
    return child(options) if options.journal else run(options)


if __name__ == "__main__":
    sys.exit(main())
