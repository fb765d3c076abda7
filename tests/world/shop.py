"""A shop for tests: a generated or given catalogue, loaded and served by the real program in a folder of its own."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ALJIBE_PROGRAM", str(ROOT / "build/dev/aljibe"))
WORK = pathlib.Path(os.environ.get("ALJIBE_WORK", ROOT / "build/dev")) / "world"
READY_SECONDS_MAX = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {}
        for name, value in response.getheaders():
            self.headers[name.lower()] = f"{self.headers[name.lower()]}, {value}" if name.lower() in self.headers else value
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return self.headers.get(name.lower(), "")


class Shop:
    def __init__(self, name):
        self.folder = WORK / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.server = None
        self.port = None

    def run(self, *arguments, code=0):
        """Runs one command of the program in the shop's folder and returns what it printed."""
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode != code:
            raise AssertionError(f"aljibe {' '.join(map(str, arguments))} left with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def stock(self, rows=2000, seed=1):
        """Generates a catalogue, looks at it and loads it: the two commands of the README."""
        self.run("generate", "--rows", rows, "--seed", seed, "--out", ".")
        self.run("init", "amazon_categories.csv", "amazon_products.csv")
        self.run("load")
        return self

    def database(self):
        text = (self.folder / "aljibe.yaml").read_text()
        name = re.search(r'^database:\s*"?(?:sqlite:)?([^"\s#]+)', text, re.MULTILINE)[1]
        return self.folder / name

    def sql(self, statement, *values):
        """What SQLite itself says: rows as dictionaries. Writes are committed."""
        connection = sqlite3.connect(self.database(), timeout=30)
        connection.row_factory = sqlite3.Row
        with connection:
            rows = [dict(row) for row in connection.execute(statement, values)]
        connection.close()
        return rows

    def table(self, word):
        """The name that a file's table was given: categories, products."""
        rows = self.sql("select name from sqlite_schema where type = 'table' and name like ? order by length(name)", f"%{word}%")
        return rows[0]["name"]

    def open(self, *arguments):
        """Starts `aljibe serve` and waits until it is ready."""
        self.port = free_port()
        self.log = open(self.folder / "serve.log", "w+", encoding="utf-8")
        self.server = subprocess.Popen([PROGRAM, "serve", *arguments, "--listen", f"127.0.0.1:{self.port}"], cwd=self.folder, stdin=subprocess.DEVNULL,
                                       stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < until:
            if self.server.poll() is not None:
                raise AssertionError(f"the server stopped with {self.server.returncode}:\n{self.said()}")
            try:
                if self.get("/health/ready").status == 200:
                    return self
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"not ready after {READY_SECONDS_MAX} s:\n{self.said()}")

    def said(self):
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def request(self, method, target, headers=None, body=None):
        """Headers as a dictionary, or as pairs when one stands twice."""
        fields = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, urllib.parse.quote(target, safe="/%?&=.,()*:;!'\"~+-_@$[]{}<>|\\"),
                                  skip_accept_encoding=any(name.lower() == "accept-encoding" for name, _ in fields))
            for name, value in fields:
                connection.putheader(name, value)
            if body is not None or method in ("POST", "PUT", "PATCH"):
                body = body.encode() if isinstance(body, str) else body or b""
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **headers):
        return self.request("GET", target, {name.replace("_", "-"): value for name, value in headers.items()})

    def close(self):
        """Stops the server as an operator does and returns its exit code."""
        if self.server is None:
            return None
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
        try:
            code = self.server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            raise
        finally:
            self.log.close()
        self.server = None
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
