"""Clients that are slow on purpose: heads, bodies and reading, a byte a second, many of them; and what others wait meanwhile.

As a program (`slow.py KIND PORT TARGET COUNT`) it is those clients, until it is ended; it says "ready" when all are connected and their first
requests were looked at.
"""
import re
import socket
import statistics
import subprocess
import sys
import time

KINDS = {"heads": "slow heads", "bodies": "slow bodies", "readers": "slow readers"}
CONNECTIONS = 500
PAUSE_SECONDS = 1.0


def connect(kind, port, target):
    peer = socket.socket()
    if kind == "readers":
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    peer.connect(("127.0.0.1", port))
    peer.sendall({"heads": f"GET {target} HTTP/1.1\r\nHost: slow\r\nX-Slow: ", "bodies": f"POST {target} HTTP/1.1\r\nHost: slow\r\nContent-Length: 100000\r\n\r\n",
                  "readers": f"GET {target} HTTP/1.1\r\nHost: slow\r\n\r\n"}[kind].encode())
    return peer


def step(kind, peer):
    """One byte; False when the server has ended it."""
    try:
        if kind == "readers":
            return bool(peer.recv(1))
        peer.sendall(b"x")
        return True
    except OSError:
        return False


def be_slow(kind, port, target, count):
    peers = [connect(kind, port, target) for _ in range(count)]
    is_ready = False
    while True:
        if not is_ready:
            time.sleep(PAUSE_SECONDS)
            print("ready", flush=True)  # the server has what they asked at once; from here on they are slow
            is_ready = True
        for i, peer in enumerate(peers):
            time.sleep(PAUSE_SECONDS / count)  # each at a time of its own: a burst would hold up who measures, on the same core
            if not step(kind, peer):
                peer.close()
                peers[i] = connect(kind, port, target)


def waits(port, target, seconds, core):
    """The 99th percentile of what a few quick clients wait, in milliseconds."""
    command = ["taskset", "-c", core, "wrk", "-t1", "-c4", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{target}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"errors while measuring {target}:\n{text}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wait_until_gone(bench, port):
    """The server has ended the slow clients' connections, so that what is measured next does not pay for them."""
    until = time.monotonic() + 20
    while bench.metric(port, "aljibe_connections_opened_total") - bench.metric(port, "aljibe_connections_closed_total") > 2 and time.monotonic() < until:
        time.sleep(0.05)


def beside(bench, kind, port, slow_target, measure):
    """`measure` while the slow clients are there."""
    core = bench.CLIENT_CORE
    with subprocess.Popen(["taskset", "-c", core, sys.executable, __file__, kind, str(port), slow_target, str(CONNECTIONS)], stdout=subprocess.PIPE, text=True) as slow:
        try:
            slow.stdout.readline()
            return measure()
        finally:
            slow.kill()
            slow.wait()
            wait_until_gone(bench, port)


def measure(bench, table, options):
    """What quick clients wait beside hundreds of slow ones, against the same alone."""
    folder, port = bench.served_folder(), bench.free_port()
    with bench.Server([bench.ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", folder):
        target, _ = bench.page_of(port, 1500)
        large = "/rest/v1/products?order=asin&limit=1000"
        assert "hit" in bench.get(port, target)[1]["Cache-Status"]

        def alone():
            return waits(port, target, options.seconds, bench.CLIENT_CORE)

        figures = bench.rounds({"alone": alone} | {kind: lambda kind=kind: beside(bench, kind, port, large, alone) for kind in KINDS}, options.rounds)
        for kind, name in KINDS.items():
            table.add(f"p99 of a cached read beside {CONNECTIONS} {name}", "the same alone", f"{statistics.median(figures[kind]):.3f} ms : {statistics.median(figures['alone']):.3f} ms",
                      f"{bench.ratio(figures[kind], figures['alone']):.2f}", "≤ 2", "≤ 1.2")


if __name__ == "__main__":
    be_slow(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
