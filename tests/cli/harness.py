"""What every black-box test of the program needs: a folder of its own, the program, and a server that is always stopped."""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PROGRAM = os.environ.get("ALJIBE_PROGRAM") or str(pathlib.Path(__file__).resolve().parents[2] / "build/dev/aljibe")
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Outcome:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __repr__(self):
        return f"exit {self.code}\n{self.out}\n{self.err}"


class Server:
    """aljibe serve, from its first line until the end of the block."""

    def __init__(self, folder, *arguments):
        self.process = subprocess.Popen([PROGRAM, "serve", "--port", "0", *map(str, arguments)], cwd=folder, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.is_stopping = False
        self.greeting = self.process.stdout.readline()
        found = re.search(r":(\d+) ", self.greeting)
        if not found:
            raise AssertionError(f"no greeting: {self.greeting!r} {self.process.stderr.read()!r}")
        self.port = int(found[1])

    def get(self, target, **fields):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{target}", headers={k.replace("_", "-"): v for k, v in fields.items()})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def json(self, target):
        status, _, body = self.get(target)
        if status != 200:
            raise AssertionError(f"{target}: {status} {body}")
        return json.loads(body)

    def signal(self, number):
        self.is_stopping = self.is_stopping or number != signal.SIGHUP
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None and not self.is_stopping:
            self.signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.log = self.process.stderr.read()
            self.process.stdout.close()
            self.process.stderr.close()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.process.stdout.closed:
            self.stop()


class CliTest(unittest.TestCase):
    def setUp(self):
        self.kept = tempfile.TemporaryDirectory(prefix="aljibe-cli-")
        self.addCleanup(self.kept.cleanup)
        self.folder = pathlib.Path(self.kept.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_program(self, *arguments, folder=None, environment=None, user=None):
        program = PROGRAM if user is None else self.program_for_others()
        done = subprocess.run([program, *map(str, arguments)], cwd=folder or self.folder, text=True, capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, user=user, env={**os.environ, **(environment or {})})
        return Outcome(done)

    def program_for_others(self):
        """A copy where another user reaches it: the tree may lie in a home folder that is closed to others."""
        place = tempfile.TemporaryDirectory(prefix="aljibe-program-")
        self.addCleanup(place.cleanup)
        pathlib.Path(place.name).chmod(0o755)
        return shutil.copy(PROGRAM, place.name)

    def succeeds(self, *arguments, **options):
        outcome = self.run_program(*arguments, **options)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome.out

    def fails(self, code, *arguments, says=(), **options):
        outcome = self.run_program(*arguments, **options)
        self.assertEqual(outcome.code, code, outcome)
        for part in [says] if isinstance(says, str) else says:
            self.assertIn(part, outcome.err + outcome.out, outcome)
        return outcome.err

    def database(self, name, script):
        connection = sqlite3.connect(self.folder / name)
        connection.executescript(script)
        connection.close()

    def serve(self, *arguments):
        return Server(self.folder, *arguments)

    def eventually(self, look, what):
        """Waits for something that another process does; only a failure takes long."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if look():
                return
            time.sleep(0.01)
        self.fail(what)
