"""Checks of a provider what a run of the suite does not see: scopes, unknown calls,
the end of the process, and whether data survives it where that is declared.

    python3 check.py python3 provider.py

Everything after check.py is the program and its arguments. It says a line for each
check, and ends with 1 if one is WRONG, with 2 if the program cannot be checked. It
writes into scopes of its own, and closes them. docs/guide/adapter.md is the protocol.
"""

import base64
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid

PATIENCE = 10  # seconds for one answer, and for the end


class Broken(Exception):
    """The program cannot be talked to."""


class Program:
    """The provider: calls go one after the other."""

    def __init__(self, command):
        pipe = subprocess.PIPE
        # In a group of its own, with all that it starts: as the host does it.
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)
        self.last = 0
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def call(self, call, **members):
        """The answer, an object."""
        self.last += 1
        request = {"id": self.last, "call": call, **members}
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=PATIENCE)
        except OSError:
            line = None
        except queue.Empty:
            raise Broken(f"`{call}` is not answered within {PATIENCE} s") from None
        if line is None:
            self.lines.put(None)  # it stays so
            raise Broken(f"the program ended at `{call}`")
        try:
            answer = json.loads(line)
            if answer["id"] == self.last:
                return answer
        except (ValueError, TypeError, KeyError):
            pass
        raise Broken(f"`{call}` is answered with something else than an answer to it")

    def must(self, call, **members):
        """What is "ok"."""
        answer = self.call(call, **members)
        if "ok" not in answer:
            raise Broken(f"`{call}` fails: {answer.get('error')}")
        return answer["ok"]

    def kill(self):
        """Kills it, and what it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except OSError:
            pass  # nobody is left
        self.process.wait()


def failed(answer, name):
    return (answer.get("error") or {}).get("name") == name


wrong = 0


def check(text, is_right):
    global wrong
    wrong += not is_right
    print("ok    " if is_right else "WRONG ", text, flush=True)


def value(text):
    return base64.b64encode(text.encode()).decode()


def check_scopes(program, scope, other):
    names = {"stores": ["one", "two"]}
    one = {"scope": scope, "store": "one"}
    program.must("open-scope", scope=scope, **names)
    program.must("open-store", **one)
    check("a new scope is empty", program.must("get", key="k", **one) is None)
    program.must("set", key="k", value=value("here"), **one)
    two = {"scope": scope, "store": "two"}
    check("stores of a scope are apart", program.must("get", key="k", **two) is None)
    program.must("open-scope", scope=other, **names)
    there = program.must("get", key="k", scope=other, store="one")
    check("scopes are apart", there is None)

    program.must("open-scope", scope=scope, **names)
    there = program.must("get", key="k", **one)
    check("open-scope of an open scope keeps what it has", there == value("here"))

    # Twice: the first must not have made it.
    answers = [program.call("open-store", scope=scope, store="none") for _ in range(2)]
    right = all(failed(answer, "not-found") for answer in answers)
    check("open-store makes no store: `not-found`", right)

    # The other one has to be left alone. Written again, should it be lost above.
    program.must("set", key="k", value=value("here"), **one)
    program.must("set", key="k", value=value("there"), scope=other, store="one")
    program.must("close-scope", scope=scope)
    program.must("open-scope", scope=scope, **names)
    check("close-scope removes everything", program.must("get", key="k", **one) is None)
    there = program.must("get", key="k", scope=other, store="one")
    check("close-scope leaves other scopes alone", there == value("there"))
    program.must("close-scope", scope=scope)
    again = program.call("close-scope", scope=scope)
    check("close-scope of a scope that is not there is ok", "ok" in again)


def check_versions(program, scope):
    place = {"scope": scope, "store": "one", "key": "version"}
    program.must("set", value=value("first"), **place)
    for call, members in [("set", {"value": value("second")}), ("delete", {})]:
        answer = program.call(call, **place, **members, **{"if-version": "never issued"})
        kept = program.must("get", **place) == value("first")
        check(f"a version that was never issued is `stale` for {call}", "stale" in answer and kept)


def check_survival(program, command, scope):
    """Returns the program that runs then."""
    place = {"scope": scope, "store": "one", "key": "survivor"}
    program.must("set", value=value("here"), **place)
    program.kill()
    program = Program(command)
    program.must("describe", protocols=[1])
    program.must("open-scope", scope=scope, stores=["one", "two"])
    there = program.must("get", **place) == value("here")
    check("what was written is there after kill -9 of the program", there)
    return program


def clean(program, *scopes):
    """Leaves nothing, if that can be."""
    try:
        for scope in scopes:
            program.call("close-scope", scope=scope)
    except Broken:
        pass  # what was wrong before is what counts


def check_end(program):
    closed = time.monotonic()
    program.process.stdin.close()
    try:
        # A busy machine may be late to show it.
        program.process.wait(timeout=PATIENCE)
        ended = True
    except subprocess.TimeoutExpired:
        ended = False
    check("it ends after its standard input, for which a host gives it a second", ended)
    took = time.monotonic() - closed
    if ended and took > 1:
        print(f"note  it took {took:.1f} s, and a host would have killed it")


def main(command):
    program = Program(command)
    scope, other = (f"cf-check-{uuid.uuid4().hex[:12]}-{end}" for end in "ab")
    try:
        description = program.must("describe", protocols=[1])
        answer = program.call("frobnicate")
        check("a call that it does not know is `unsupported`", failed(answer, "unsupported"))
        try:
            check_scopes(program, scope, other)
            if "kv.cas" in description["features"]:
                check_versions(program, other)
            if description["durability"] != "volatile":
                program = check_survival(program, command, other)
        finally:
            clean(program, scope, other)
        check_end(program)
    except (Broken, KeyError, TypeError) as error:
        print("cannot be checked:", error if isinstance(error, Broken) else "another form")
        return 2
    finally:
        program.kill()
    if description["durability"] == "durable":
        print("not checked: whether data survives kill -9 of the service behind the program")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
