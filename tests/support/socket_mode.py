"""Slack's end of Socket Mode: hands out a web socket, and speaks its envelopes over it."""

import base64
import hashlib
import json
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from bot.sandbox.outward.link import Answer, Outgoing

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_PATIENCE = 30.0


class SlackSocket:
    """One loopback server for `apps.connections.open` and for the socket that it names.

    Source: RFC 6455; Slack's envelopes as in https://docs.slack.dev/apis/events-api/.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._connected = threading.Event()
        self._answers: dict[str, dict[str, Any]] = {}
        self._news = threading.Condition()
        self._stream: socket.socket | None = None
        self._count = 0
        #: How often a socket was opened.
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        """Start listening."""
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close everything."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        if self._stream is not None:
            with suppress(OSError):
                self._stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE)

    @property
    def api_url(self) -> str:
        """The Web API that hands out the socket."""
        host, port = self._listening.getsockname()
        return f"http://{host}:{port}/api/"

    def deliver(self, outgoing: Outgoing) -> Answer:
        """Send a request of the workspace as an envelope and wait for its acknowledgement."""
        assert self._connected.wait(_PATIENCE), "the app opened no socket"
        self._count += 1
        envelope = {"envelope_id": f"E{self._count}", "accepts_response_payload": True}
        self._send(_TEXT, json.dumps(envelope | _payload(outgoing)).encode())
        with self._news:
            came = self._news.wait_for(lambda: envelope["envelope_id"] in self._answers, _PATIENCE)
            assert came, "the envelope was not acknowledged"
            answer = self._answers.pop(str(envelope["envelope_id"]))
        body = json.dumps(answer["payload"]).encode() if answer.get("payload") else b""
        return Answer(200, {"content-type": "application/json"}, body)

    def drop(self) -> None:
        """Tell the app to reconnect, as Slack does every few hours."""
        self._connected.clear()
        self._send(_TEXT, b'{"type":"disconnect","reason":"refresh_requested"}')

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(stream,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, stream: socket.socket) -> None:
        with stream:
            self._speak(stream)

    def _speak(self, stream: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += stream.recv(4096)
        lines = head.split(b"\r\n\r\n")[0].split(b"\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
        if b"sec-websocket-key" not in headers:
            self._hand_out(stream)
            return
        key = next(line for line in lines if line.lower().startswith(b"sec-websocket-key"))
        digest = hashlib.sha1(key.split(b": ")[1] + _GUID).digest()
        stream.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        self._stream = stream
        self.connections += 1
        self._send(_TEXT, b'{"type":"hello","num_connections":1}')
        self._connected.set()
        self._listen(stream)

    def _hand_out(self, stream: socket.socket) -> None:
        url = self.api_url.replace("http", "ws").removesuffix("/api/") + "/link"
        body = json.dumps({"ok": True, "url": url}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        stream.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)

    def _listen(self, stream: socket.socket) -> None:
        try:
            while True:
                opcode, data = _frame(stream)
                if opcode == _PING:
                    self._send(_PONG, data)
                elif opcode == _TEXT:
                    self._take(json.loads(data))
                elif opcode == _CLOSE:
                    return
        except (OSError, EOFError):
            return

    def _take(self, message: dict[str, Any]) -> None:
        with self._news:
            self._answers[message["envelope_id"]] = message
            self._news.notify_all()

    def _send(self, opcode: int, data: bytes) -> None:
        assert self._stream is not None
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        self._stream.sendall(head + data)


def _payload(outgoing: Outgoing) -> dict[str, Any]:
    """Return type and payload of the envelope that stands for an HTTP request."""
    if outgoing.body.startswith(b"{"):
        return {"type": "events_api", "payload": json.loads(outgoing.body)}
    form = {name: values[0] for name, values in parse_qs(outgoing.body.decode()).items()}
    if "payload" in form:
        return {"type": "interactive", "payload": json.loads(form["payload"])}
    return {"type": "slash_commands", "payload": form}


def _frame(stream: socket.socket) -> tuple[int, bytes]:
    """Read one frame of the client; its data is masked."""
    first, second = _read(stream, 2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", _read(stream, 2))
    elif size == 127:
        (size,) = struct.unpack("!Q", _read(stream, 8))
    mask = _read(stream, 4)
    data = _read(stream, size)
    return first & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def _read(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = stream.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
