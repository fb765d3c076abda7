"""Attack tools as Debian has them, against the server on the loopback, each bounded in time. `./dev test` installs them (tools/packages.txt)."""
import contextlib
import http.server
import json
import re
import shutil
import sqlite3
import subprocess
import threading
import time
import unittest
import urllib.parse

from raw import small
from shop import ROOT

CONNECTIONS = 500
SECONDS = 12
CONFIG = """tables:
  rows: {roles: {anonymous: [read, insert, update, delete]}}
  hidden: {roles: {anonymous: []}}
limits: {head_timeout: 5 s, body_grace: 5 s, write_timeout: 5 s}
"""
SQL = """create table rows(id integer primary key, name text not null); create table hidden(id integer primary key, secret text);
insert into hidden values (1, 'PLANTED');
insert into rows with recursive n(x) as (select 1 union all select x + 1 from n where x < 1000) select x, 'a name that makes the answer longer than a few bytes ' || x from n;
"""


FOUND = r"(is vulnerable|appears to be .*injectable|identified the following injection point)"


class Careless(http.server.ThreadingHTTPServer):
    """A server that splices what it is asked into SQL."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Splicing)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Splicing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        value = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("id", [""])[0]
        try:
            with contextlib.closing(sqlite3.connect(":memory:")) as connection:
                connection.executescript("create table rows(id integer, name text); insert into rows values (1, 'one'), (2, 'two');")
                status, body = 200, json.dumps(connection.execute(f"select id, name from rows where id = {value}").fetchall())
        except sqlite3.Error as error:
            status, body = 400, str(error)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in ("slowhttptest", "sqlmap", "ffuf") if not shutil.which(tool)]
        if missing:
            raise AssertionError(f"{', '.join(missing)} not installed; ./dev test hostile_tools installs what tools/packages.txt lists under [hostile]")

    def setUp(self):
        self.shop = small("tools", CONFIG, SQL).open()
        self.addCleanup(self.shop.close)
        self.url = f"http://127.0.0.1:{self.shop.port}"

    def answers(self):
        return sum(float(line.split()[1]) for line in self.shop.get("/metrics").body.decode().splitlines() if line.startswith("aljibe_answers_total"))

    def run_tool(self, *command, seconds=60):
        return subprocess.run([str(part) for part in command], cwd=self.shop.folder, capture_output=True, text=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL)

    def slowly(self, *how):
        """While the tool holds its connections, how long others wait; and what it says at the end."""
        waits, stop = [], threading.Event()

        def ask():
            while not stop.wait(0.05):
                began = time.monotonic()
                self.assertEqual(self.shop.get("/rest/v1/rows?limit=3").status, 200)
                waits.append(time.monotonic() - began)

        other = threading.Thread(target=ask)
        other.start()
        done = self.run_tool("slowhttptest", *how, "-c", CONNECTIONS, "-r", 500, "-l", SECONDS, "-i", 1, "-p", 2, "-u", self.url + "/rest/v1/rows")
        stop.set()
        other.join()
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
        self.assertRegex(said, r"service available: +YES", said[-2000:])
        self.assertGreater(len(waits), 20)
        self.assertLess(sorted(waits)[int(len(waits) * 0.95)], 0.5, "others are answered as if nothing were")
        return said

    def test_slow_heads(self):
        self.assertIn("No open connections left", self.slowly("-H"), "they were ended by the server")

    def test_slow_bodies(self):
        self.assertIn("No open connections left", self.slowly("-B", "-s", 8192, "-x", 10))

    def test_slow_readers(self):
        self.slowly("-X", "-w", 1, "-y", 2, "-n", 5, "-z", 1, "-k", 10)

    def sqlmap(self, url):
        return self.run_tool("sqlmap", "-u", url, "--batch", "--level", 1, "--risk", 1, "--technique", "BEU", "--dbms", "sqlite", "--threads", 4, "--flush-session", "--output-dir", "sqlmap",
                             "--ignore-code", "400", "--skip-heuristics", "--disable-coloring", seconds=120).stdout

    def test_sqlmap_finds_what_can_be_found(self):
        """Under the same options: what is put into SQL as it comes."""
        with Careless() as careless:
            self.assertRegex(self.sqlmap(f"http://127.0.0.1:{careless.server_address[1]}/rows?id=1*"), FOUND)

    def test_sqlmap_finds_nothing(self):
        for target in ("/rest/v1/rows?id=eq.1*&limit=1", "/rest/v1/rows?select=id*&order=name.asc*"):
            before = self.answers()
            said = self.sqlmap(self.url + target)
            self.assertNotRegex(said, FOUND)
            self.assertRegex(said, r"not appear to be injectable|not injectable", said[-3000:])
            self.assertGreater(self.answers() - before, 20, "it has tried")
        self.assertEqual(self.shop.sql("select count(*) as n from rows"), [{"n": 1000}])

    def test_ffuf_finds_what_is_documented_and_nothing_else(self):
        self.run_tool("ffuf", "-u", self.url + "/FUZZ", "-w", ROOT / "tests/world/words.txt", "-mc", "all", "-fc", "404", "-t", 8, "-o", "found.json", "-of", "json", "-s")
        found = {result["input"]["FUZZ"]: result["status"] for result in json.loads((self.shop.folder / "found.json").read_text())["results"]}
        self.assertEqual(found, {"docs": 200, "health/live": 200, "health/ready": 200, "metrics": 200, "openapi.json": 200, "rest/v1": 200, "rest/v1/": 200, "rest/v1/rows": 200, "rest/v1/hidden": 401})


if __name__ == "__main__":
    unittest.main()
