"""A model's process that misbehaves as the location of its recipe says; ``python -m`` of this file runs it."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from evaluation.runners.isolated.frames import read_frame, write_frame

GOOD: dict[str, Any] = {
    "kind": "result",
    "outcome": "ok",
    "reason": "",
    "text_sent": "",
    "was_truncated": False,
    "timings_s": {},
    "peak_memory_mb": None,
    "flags": [],
    "cost_usd": None,
    "details": {"pid": os.getpid()},
    "image": ["RGB", 2, 2],
}
PIXELS = bytes(12)


def asked() -> dict[str, Any]:
    """Return the next message; end where the worker has gone."""
    found = read_frame(sys.stdin.buffer)
    if found is None:
        sys.exit()
    return found[0]


def raw(behaviour: str) -> bytes | None:
    """Return what is no message, for the behaviours that send none."""
    return {
        "too-long": struct.pack(">II", 10, 2**31),
        "no-json": struct.pack(">II", 4, 0) + b"oops",
        "cut-off": struct.pack(">II", 400, 0) + b"{",
        "stalls": struct.pack(">II", 400, 0) + b"{",
    }.get(behaviour)


def changed(behaviour: str) -> tuple[dict[str, Any], bytes] | None:
    """Return how a good result is spoilt, and its pixels, for the behaviours that send a bad one."""
    known: dict[str, tuple[dict[str, Any], bytes]] = {
        "short-picture": ({}, PIXELS[:5]),
        "huge-picture": ({"image": ["RGB", 10**6, 10**6]}, PIXELS),
        "other-sample": ({"sample_id": 999}, PIXELS),
        "wrong-type": ({"timings_s": {"generate": "soon"}}, PIXELS),
        "no-number": ({"timings_s": {"generate": float("nan")}}, PIXELS),
        "endless": ({"peak_memory_mb": float("inf")}, PIXELS),
        "costly": ({"cost_usd": "NaN"}, PIXELS),
        "nul": ({"details": {"note": "a\0b"}}, PIXELS),
        "half-a-pair": ({"details": {"note": "\ud800"}}, PIXELS),
        "wide": ({"image": ["L", 200_000, 1]}, bytes(200_000)),
    }
    return known.get(behaviour)


def vanish(behaviour: str) -> None:
    """Die, fall silent or take memory, for the behaviours that do."""
    if behaviour == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour == "greedy-child":
        subprocess.Popen([sys.executable, "-c", "held = bytearray(400_000_000); input()"])
    held = bytearray(400_000_000 if behaviour == "greedy" else 1)
    if behaviour == "closes-its-mouth":
        os.close(1)
        time.sleep(600)
    if behaviour in ("silent", "greedy", "greedy-child"):
        time.sleep(600 if held else 0)


def answer(behaviour: str, prompts: list[dict[str, Any]]) -> None:
    """Answer one request badly, or well where the behaviour is none of the bad ones."""
    out = sys.stdout.buffer
    vanish(behaviour)
    results = [{**GOOD, "sample_id": prompt["sample_id"]} for prompt in prompts]
    if bytes_ := raw(behaviour):
        out.write(bytes_)
    elif spoilt := changed(behaviour):
        write_frame(out, results[0] | spoilt[0], spoilt[1])
    else:
        sent = {"twice": [results[0]] * 2, "stops-early": []}.get(behaviour, results)
        for result in sent:
            write_frame(out, result, PIXELS)
        write_frame(out, {"kind": "done"})
    out.flush()
    if behaviour == "cut-off":
        sys.exit()


def main() -> None:
    """Say what holds, load at once, then misbehave."""
    place = sys.argv[-1]
    network = "open: the kernel says no" if place.endswith("network-open") else "none"
    write_frame(sys.stdout.buffer, {"kind": "confined", "confinement": {"network": network}})
    behaviour = asked()["recipe"]["location"]
    if behaviour.startswith("/"):
        Path(behaviour, "loaded").touch()
    if behaviour == "refuses":
        write_frame(sys.stdout.buffer, {"kind": "refused", "reason": "it is pickled"})
        return
    write_frame(
        sys.stdout.buffer, {"kind": "loaded", "environment": {"network": "whatever", "gpu": "a\0\ud800b"}}
    )
    if behaviour == "deaf":
        time.sleep(600)
    while True:
        answer(behaviour, asked()["prompts"])


if __name__ == "__main__":
    main()
