"""A provider of cloud:keyvalue in Python: a map in memory, with the standard
library alone. docs/guide/adapter.md is the protocol that it speaks.

    conformance --provider adapter --set command="python3 provider.py"
"""

import base64
import bisect
import concurrent.futures
import itertools
import json
import sys
import threading
import time

DESCRIPTION = {
    "protocol": 1,
    "product": "Python dictionaries",
    "product-version": "1.0",
    "features": ["kv.store", "kv.list.ordered", "kv.cas", "kv.counters", "kv.batch", "kv.expiry"],
    "limits": {
        "kv.key.max-bytes": 1024,
        "kv.value.max-bytes": 1024 * 1024,
        "kv.page.max-keys": 1000,
        "kv.batch.max-items": 100,
        "kv.ttl.min-ns": 1_000_000,
        "kv.ttl.max-ns": 10 * 365 * 86_400 * 1_000_000_000,
        "kv.ttl.lateness-ns": 1_000_000,
    },
    "durability": "volatile",
    "visibility-bound-ns": 0,
}


class Failure(Exception):
    """A failed call: the name of an error of cloud:types, and its payload."""

    def __init__(self, name, payload=None):
        self.body = {"name": name} if payload is None else {"name": name, "payload": payload}


class Stale(Exception):
    """A condition did not hold; the entry that is there instead, or None."""

    def __init__(self, entry):
        self.entry = entry


class Store:
    """One store. A method is one step for all others: each holds the lock."""

    versions = itertools.count(1)  # no version comes twice, not even after a deletion

    def __init__(self):
        self.lock = threading.RLock()
        self.entries = {}  # key: (value, version, end or None)
        self.order = []  # the keys, sorted: Python compares text as UTF-8 does

    def find(self, key):
        """The entry of a key, if it is there and has not ended."""
        found = self.entries.get(key)
        if found and found[2] is not None and time.monotonic_ns() >= found[2]:
            self.remove(key)
            return None
        return found

    def put(self, key, value, end):
        if key not in self.entries:
            bisect.insort(self.order, key)
        version = str(next(self.versions))
        self.entries[key] = (value, version, end)
        return version

    def remove(self, key):
        if self.entries.pop(key, None):
            del self.order[bisect.bisect_left(self.order, key)]

    def check(self, request):
        """Raises Stale unless the key is in the state that the request expects."""
        if "if-absent" in request or "if-version" in request:
            entry = self.entry(request)
            if (entry and entry["version"]) != request.get("if-version"):
                raise Stale(entry)

    # The calls of the protocol. Each takes the request and returns what is "ok".

    def get(self, request):
        found = self.find(request["key"])
        return found and found[0]

    def exists(self, request):
        return self.find(request["key"]) is not None

    def entry(self, request):
        found = self.find(request["key"])
        if not found:
            return None
        value, version, end = found
        if end is None:
            return {"value": value, "version": version}
        rest = max(1, end - time.monotonic_ns())
        return {"value": value, "version": version, "remaining-ns": rest}

    def set(self, request):
        self.check(request)
        ttl = request.get("ttl-ns")
        end = None if ttl is None else time.monotonic_ns() + ttl
        # Values come in base64 and go in base64: they are kept as they came.
        return self.put(request["key"], request["value"], end)

    def delete(self, request):
        self.check(request)
        self.remove(request["key"])

    def list(self, request):
        prefix, after, limit = request["prefix"], request.get("after"), request["limit"]
        if after is None:
            start = bisect.bisect_left(self.order, prefix)
        else:
            start = bisect.bisect_right(self.order, after)
        keys = []
        for place in range(start, len(self.order)):
            key = self.order[place]
            if not key.startswith(prefix):
                break
            if len(keys) == limit:
                return {"keys": keys, "next": keys[-1]}
            end = self.entries[key][2]
            if end is None or time.monotonic_ns() < end:
                keys.append(key)
        return {"keys": keys}

    def increment(self, request):
        found = self.find(request["key"])
        text = base64.b64decode(found[0]) if found else b"0"
        try:
            number = int(text)
        except ValueError:
            raise Failure("wrong-type") from None
        if str(number).encode() != text or not -(2**63) <= number < 2**63:
            raise Failure("wrong-type")  # such as 007
        total = number + int(request["delta"])
        if not -(2**63) <= total < 2**63:
            raise Failure("out-of-range")
        value = base64.b64encode(str(total).encode()).decode()
        self.put(request["key"], value, found[2] if found else None)
        return str(total)

    def get_many(self, request):
        return [{"ok": self.get({"key": key})} for key in request["keys"]]

    def set_many(self, request):
        return [{"ok": self.set(entry)} for entry in request["entries"]]

    def delete_many(self, request):
        return [{"ok": self.delete({"key": key})} for key in request["keys"]]


CALLS = {
    name: getattr(Store, name.replace("-", "_"))
    for name in "get exists entry set delete list increment get-many set-many delete-many".split()
}
SCOPES = {}  # scope: {store: Store}


def carry_out(request):
    """What a request comes to, or Failure, or Stale."""
    call = request["call"]
    if call == "describe":
        return DESCRIPTION
    if call == "open-scope":
        # One that is open already keeps what it has.
        SCOPES.setdefault(request["scope"], {name: Store() for name in request["stores"]})
        return None
    if call == "close-scope":
        SCOPES.pop(request["scope"], None)
        return None
    if call not in CALLS and call != "open-store":
        raise Failure("unsupported", call)
    store = SCOPES.get(request["scope"], {}).get(request["store"])
    if store is None:
        raise Failure("not-found")
    if call == "open-store":
        return None
    with store.lock:
        return CALLS[call](store, request)


OUTPUT = threading.Lock()


def answer(line):
    """Carries out one request and writes its answer as one line."""
    request = json.loads(line)
    reply = {"id": request["id"]}
    try:
        reply["ok"] = carry_out(request)
    except Stale as stale:
        reply["stale"] = stale.entry
    except Failure as failure:
        reply["error"] = failure.body
    except Exception as error:  # a fault of this program: the text is for the host's log
        reply["error"] = {"name": "other", "payload": "internal error", "log": repr(error)}
    with OUTPUT:
        sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    # Requests come without waiting for answers, and answers may go in any order.
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        for line in sys.stdin.buffer:
            pool.submit(answer, line)
