"""A provider of one key-value store that is wrong in the way its argument names."""

import base64
import json
import os
import subprocess
import sys
import time

mode = sys.argv[1]
# What the test or the mode needs to know besides.
argument = sys.argv[2] if len(sys.argv) > 2 else None
child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
held = []
scopes = {}  # scope: {store: {key: value}}


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def reply(request, **body):
    say(json.dumps({"id": request["id"], **body}))


def describe(request):
    description = {
        "protocol": 1,
        # Both processes, so that a test can see that they are gone.
        "product": f"{os.getpid()} {child.pid}",
        "features": ["kv.store", "kv.batch"],
        "limits": {"kv.key.max-bytes": 512, "kv.value.max-bytes": 33554432},
        "durability": "process" if mode == "loses" else "volatile",
    }
    if mode == "says-nothing":
        return
    if mode == "refuses":
        return reply(request, error={"name": "access-denied"})
    if mode == "another-protocol":
        description["protocol"] = 2
    if mode == "another-feature":
        description["features"].append("kv.teleport")
    if mode == "no-store":
        description["features"] = ["kv.batch"]
    if mode == "low-limit":
        description["limits"]["kv.batch.max-items"] = 24
    if mode == "ends-early":
        sys.exit(7)
    if mode == "greets":
        say("Welcome to my provider!")
    reply(request, ok=description)


def get(request, store):
    if mode == "dies":
        os._exit(9)
    if mode == "garbage":
        say("debug: get was called")
    if mode == "broken":
        say('{"id": %d, "ok": "sesame' % request["id"])
    if mode == "stray":
        say('{"id": 4711, "ok": null}')
    if mode == "no-utf8":
        sys.stdout.buffer.write(b'{"id": %d, "ok": "\xff"}\n' % request["id"])
        return sys.stdout.buffer.flush()
    if mode == "endless":
        for _ in range(1024):
            sys.stdout.write("x" * (1 << 20))
    if mode == "closes-output":
        sys.stdout.flush()
        os.close(1)
        time.sleep(600)
    if mode == "closes-input":
        os.close(0)
        time.sleep(600)
    if mode == "hangs":
        time.sleep(600)
    if mode == "forgets":
        return
    if mode == "another-form":
        return reply(request, ok={"value": 7})
    if mode == "two-answers-in-one":
        return reply(request, ok=None, stale=None)
    if mode == "stale":
        return reply(request, stale=None)
    if mode == "late" and not store:
        return held.append(request)  # until the first `set`
    if mode == "backwards":
        held.append(request)
        if len(held) == 100:
            for one in reversed(held):
                reply(one, ok=base64.b64encode(one["key"].encode()).decode())
        return
    reply(request, ok=store.get(request["key"]))
    if mode == "twice":
        reply(request, ok=None)


for line in sys.stdin.buffer:
    request = json.loads(line)
    call = request["call"]
    scope = scopes.get(request.get("scope"), {})
    store = scope.get(request.get("store"))
    if call == "describe":
        describe(request)
    elif call == "open-scope":
        if mode == "reopens-empty" or not scope:
            scopes[request["scope"]] = {name: {} for name in request["stores"]}
        reply(request, ok=None)
    elif call == "close-scope":
        if mode != "keeps":
            scopes.pop(request["scope"], None)
        reply(request, ok=None)
    elif "store" in request and store is None:
        if mode == "makes-stores":
            scopes.setdefault(request["scope"], {})[request["store"]] = {}
            reply(request, ok=None)
        else:
            reply(request, error={"name": "not-found"})
    elif call == "open-store":
        reply(request, ok=None)
    elif call == "get":
        get(request, store)
    elif call == "set":
        while mode == "late" and held:
            reply(held.pop(0), ok=None)
        store[request["key"]] = request["value"]
        reply(request, ok=None)
    elif call == "delete":
        store.pop(request["key"], None)
        reply(request, ok=None)
    elif call == "get-many" and mode == "miscounts":
        reply(request, ok=[])
    elif call == "get-many" and mode == "large":
        reply(request, ok=[{"ok": store.get(key)} for key in request["keys"]])
    elif mode == "knows-all":
        reply(request, ok=None)
    else:
        reply(request, error={"name": "unsupported", "payload": call})

if mode == "stays":
    time.sleep(600)
if mode == "cleans-up":
    child.kill()
    time.sleep(0.05)  # little of its second: the rest is for a slow machine
    with open(argument, "w") as file:
        file.write("done")
