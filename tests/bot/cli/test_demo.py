"""`handoff demo` stands on its own: a workspace, the app, and a team to work with."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner

from bot.cli import main
from bot.cli.demo import moved_in

_QUIETLY = ("demo", "--no-browser", "--port", "0")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """Serve a demo; return its page's address."""
    with moved_in(tmp_path, port=0, speed=60) as (app, address, listening):
        server = uvicorn.Server(uvicorn.Config(app.api, log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield address
        server.should_exit = True
        thread.join(20)


def test_the_form_opens_and_is_complete(page: str) -> None:
    """The command opens the first step of the form, without any set-up before it."""
    with httpx.Client(base_url=page, trust_env=False) as client:
        assert client.get("/").status_code == 200
        typed = {"user": "U0RIA00001", "channel": "C0REVOPS01", "text": "/define-handoff"}
        assert client.post("/sandbox/post", json=typed).json()["ok"]
        state = client.get("/sandbox/state", params={"user": "U0RIA00001"}).json()

    assert [view["title"]["text"] for view in state["views"]] == ["1 of 5: Brief"]
    assert state["clock"]["speed"] == 60


def test_leads_can_be_sent_from_the_panel(page: str) -> None:
    """Every template is answered as its label says, singly and in a burst."""
    with httpx.Client(base_url=page, trust_env=False, timeout=30) as client:
        state = client.get("/sandbox/state", params={"user": "U0RIA00001"}).json()
        offered = [
            (hook["name"], template["name"])
            for hook in state["webhooks"]
            for template in hook["templates"]
        ]

        def send(name: str, template: str, count: int = 1) -> list[int]:
            body = {"name": name, "template": template, "count": count}
            results = client.post("/sandbox/webhook", json=body).json()["results"]
            return [result["status"] for result in results]

        answers = {pair: send(*pair) for pair in offered}
        burst = send("Website", "demo", 5)

    assert answers.pop(("Website", "bad")) == [422]
    assert answers.pop(("Website, unsigned", "demo")) == [401]
    assert set(map(tuple, answers.values())) == {(202,)}
    assert burst == [202] * 5


def test_a_port_in_use_is_explained() -> None:
    """The message names the port and the option."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["demo", "--no-browser", "--port", str(port)])

    assert result.exit_code == 1
    assert f"port {port}" in result.output
    assert "--port" in result.output


def test_a_demo_that_is_told_to_end_keeps_nothing(tmp_path: Path) -> None:
    """Whoever starts it from a script ends it with SIGTERM."""
    with subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", *_QUIETLY],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert "ready at" in process.stdout.readline()
        assert list(tmp_path.glob("handoff-demo-*"))

        process.terminate()

        process.wait(30)
    assert not list(tmp_path.glob("handoff-demo-*"))
