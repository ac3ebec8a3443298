"""Servers that tests talk to, each started on a free port with a folder of its own, and stopped by its own process id."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile

import pytest


@contextlib.contextmanager
def redis_server():
    """Run a Redis server; yield its port.

    Where the program is missing, tests that need it are skipped on a developer's machine and fail in CI, which installs it.
    """
    program = shutil.which("redis-server")
    if program is None:
        missing = "there is no redis-server on the PATH: apt-get install redis-server"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder, port = tempfile.mkdtemp(prefix="recoup-redis-"), free_port()
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "no"}
    command = [program, *(text for name, value in options.items() for text in (f"--{name}", str(value)))]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if not any("Ready to accept connections" in line for line in server.stdout):
            pytest.fail(f"redis-server ended: {server.wait()}")
        yield port
    finally:
        server.kill()
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
