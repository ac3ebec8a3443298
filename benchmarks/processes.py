"""Start the measured programs: workers that take orders, fresh interpreters that are timed, Prefect's server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.tools import Tool

PATIENCE = 180  # seconds that one answer may take
SERVER_PATIENCE = 90


class ProgramFailed(Exception):
    """A measured program ended, or answered wrongly; the message holds the end of what it said."""


class Worker:
    """A process that performs with one tool until its `with` block ends."""

    def __init__(self, tool: Tool, environment: Mapping[str, str], said: Path) -> None:
        self._said = said
        with said.open("ab") as stderr:
            self._process = subprocess.Popen(
                [tool.python, tool.program],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=tool.program.parent,
                text=True,
            )

    def __enter__(self) -> Self:
        try:
            self._answer()  # it has imported its tool, and is ready
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, **order: Any) -> dict[str, float]:
        """Send one order and return the times."""
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._failed() from None
        return self._answer()

    def close(self) -> None:
        """End the process: it stops when its orders end."""
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        alarm = Timer(PATIENCE, self._process.kill)
        alarm.start()
        line = self._process.stdout.readline()
        alarm.cancel()
        if not line:
            raise self._failed()
        return json.loads(line)

    def _failed(self) -> ProgramFailed:
        code = self._process.wait()
        tail = self._said.read_text(errors="replace").splitlines()[-15:]
        return ProgramFailed(f"exit code {code}\n" + "\n".join(tail))


def lifetime(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> float:
    """Return the nanoseconds from the start of a process to its end."""
    start = time.perf_counter_ns()
    ended = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=PATIENCE,
    )
    spent = time.perf_counter_ns() - start
    if ended.returncode:
        raise ProgramFailed(f"{' '.join(map(str, command[1:]))} ended with exit code {ended.returncode}")
    return spent


@contextmanager
def prefect_server(tool: Tool, environment: Mapping[str, str], said: Path) -> Iterator[str]:
    """Run a Prefect server beside the measurements, so that none of Prefect's times contains its start; give its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [tool.python.with_name("prefect"), "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with said.open("ab") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/api", server)
        yield f"http://127.0.0.1:{port}/api"
    finally:
        _stop(server)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SERVER_PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with direct.open(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise ProgramFailed("the Prefect server did not start")


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if server.poll() is None:
            os.killpg(server.pid, number)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            print("the Prefect server takes its time to stop", file=sys.stderr)
        else:
            return
