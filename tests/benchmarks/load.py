"""Sends slash commands to a server, from a process of its own: `PORT CONNECTIONS COUNT`."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from statistics import median, quantiles
from urllib.parse import urlencode

SECRET = "a signing secret of the benchmark"
PATH = "/slack/events"

#: Requests a second, and milliseconds of the median and of the 99th percentile.
Speed = tuple[float, float, float]


def signature(body: bytes, stamp: str) -> str:
    """Sign as Slack does."""
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()


def _request(number: int) -> bytes:
    fields = {
        "command": "/handoff",
        "text": "lead",
        "user_id": "U0RIA00001",
        "team_id": "T0NORTHWND",
        "channel_id": "C0REVOPS01",
        "trigger_id": f"{number}.{time.time_ns()}.x",
    }
    body = urlencode(fields).encode()
    stamp = str(int(time.time()))
    signed = signature(body, stamp)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: app\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: {signed}\r\n\r\n"
    )
    return head.encode() + body


async def _load(port: int, connections: int, count: int) -> Speed:
    numbers = iter(range(count + connections * 2))
    taken: list[float] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
        request = _request(next(numbers))
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
        return time.perf_counter() - start

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await one(reader, writer)
        ready.append(1)
        while len(ready) < connections:
            await asyncio.sleep(0.001)
        for _ in range(count // connections):
            taken.append(await one(reader, writer))
        writer.close()

    ready: list[int] = []
    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    whole = time.perf_counter() - start
    last = quantiles(taken, n=100)[98]
    return (count + connections) / whole, median(taken) * 1000, last * 1000


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_load(*map(int, sys.argv[1:])))))
