#!/usr/bin/env python3
"""Measures aljibe against its peers and prints the table of docs/performance.md.

Peers run in the same rounds, one after the other, so that a drift of the machine hits all of them; a figure is the
median of the rounds. The server has one core and the load generator another. Answers are compared before anything is
timed. Work files go to build/bench. Needs the packages under [bench] in tools/packages.txt.
"""
import argparse
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import auth
import slow
import tier

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
WORK = ROOT / "build" / "bench"
ALJIBE = BUILD / "aljibe"
SERVER_CORE, CLIENT_CORE = "0", "1"
FULL_ROWS = 1_426_337


def note(text):
    print(f"· {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, target, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def raw_answer(port, target):
    """The bytes of one whole answer, as a peer must match them in number."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += peer.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        fields = {line.split(b":")[0].strip().lower(): line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:]}
        length = int(fields[b"content-length"])
        while len(body) < length:
            body += peer.recv(65536)
        return head + b"\r\n\r\n" + body


class Server:
    """A server on core 0, stopped when the block ends."""

    def __init__(self, command, port, probe="/", cwd=None, environment=None):
        self.port, self.probe = port, probe
        self.log = open(WORK / "servers.log", "ab")
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *map(str, command)], cwd=cwd, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})

    def __enter__(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                get(self.port, self.probe)
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        sys.exit(f"{self.process.args} did not start; see {WORK / 'servers.log'}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def rate(port, target, seconds, script=None, connections=32):
    """Requests a second that one wrk thread on the client's core gets answered."""
    command = ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}{target}"]
    if script:
        command[-1:-1] = ["-s", str(script)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"errors while measuring {target} on port {port}:\n{text}")
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("Requests/sec")))


def rounds(competitors, count):
    """Runs each competitor once a round; competitors: name → function that gives a figure. Returns name → figures."""
    figures = {name: [] for name in competitors}
    for _ in range(count):
        for name, measure in competitors.items():
            figures[name].append(measure())
    return figures


def ratio(ours, theirs):
    return statistics.median(a / b for a, b in zip(ours, theirs))


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, against, figure, result, must, aim):
        self.rows.append((what, against, figure, result, must, aim))
        note(f"{what} | {against} | {figure} | {result}")

    def show(self):
        print("\n| what | against | measured | figure | reach | aim |\n|---|---|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


# ---- data ------------------------------------------------------------------------------------------------------------

def catalogue(rows):
    folder = WORK / f"catalogue-{rows}"
    if not (folder / "amazon_products.csv").exists():
        note(f"generating {rows:,} rows")
        subprocess.run([ALJIBE, "generate", "--rows", str(rows), "--seed", "7", "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def served_folder():
    folder = catalogue(100_000)
    config = folder / "aljibe.yaml"
    if not config.exists():
        files = ["amazon_categories.csv", "amazon_products.csv"]
        subprocess.run([ALJIBE, "init", *files], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([ALJIBE, "load"], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder


def database_of(folder):
    return next(folder.glob("*.db"))


# ---- HTTP ------------------------------------------------------------------------------------------------------------

def page_of(port, body_bytes):
    """A target whose body is about as long as asked."""
    for limit in range(1, 60):
        target = f"/rest/v1/products?category_id=eq.71&order=asin&limit={limit}"
        status, _, body = get(port, target)
        assert status == 200, (status, body)
        if len(body) >= body_bytes:
            return target, body
    sys.exit("no page of that length")


def epoll_loop(response):
    port = free_port()
    file = WORK / f"response-{len(response)}.http"
    file.write_bytes(response)
    return Server([BUILD / "bench" / "epoll_loop", port, file], port)


def nginx(body):
    port, folder = free_port(), WORK / "nginx"
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "page.json").write_bytes(body)
    text = (ROOT / "bench/peers/nginx.conf").read_text().replace("@FOLDER@", str(folder)).replace("@PORT@", str(port))
    (folder / "nginx.conf").write_text(text)
    return Server(["nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx.error.log"], port, "/page.json")


class Redis:
    def __init__(self, core=SERVER_CORE):
        self.socket, self.core = f"/tmp/aljibe-bench-{os.getpid()}.sock", core

    def __enter__(self):
        self.process = subprocess.Popen(["taskset", "-c", self.core, "redis-server", "--port", "0", "--unixsocket", self.socket, "--save", ""],
                                        stdout=subprocess.DEVNULL)
        while not os.path.exists(self.socket):
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def set(self, key, value):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(self.socket)
            parts = [b"SET", key.encode(), value]
            peer.sendall(b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            assert peer.recv(16) == b"+OK\r\n"


def fastapi(redis):
    port = free_port()
    command = ["/usr/bin/python3", "-m", "uvicorn", "fastapi_app:app", "--host", "127.0.0.1", "--port", port, "--log-level", "warning",
               "--no-access-log"]
    return Server(command, port, "/rest/v1/none", ROOT / "bench/peers", {"BENCH_REDIS": redis.socket})


def measure_http(table, options):
    folder = served_folder()
    port = free_port()
    with Server([ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", folder) as ours, Redis() as redis:
        small, small_body = page_of(port, 1500)
        large, large_body = page_of(port, 7000)
        for target in (small, large):
            assert "hit" in get(port, target)[1]["Cache-Status"], "the second answer must come from the cache"
        redis.set("response:products:" + large.split("?")[1], large_body)
        with epoll_loop(raw_answer(port, small)) as floor, nginx(small_body) as files, fastapi(redis) as python:
            assert get(files.port, "/page.json")[2] == small_body == get(port, small)[2]
            assert get(floor.port, "/")[2] == small_body
            assert get(python.port, large)[2] == large_body == get(port, large)[2]
            seconds = options.seconds
            figures = rounds({
                "ours": lambda: rate(port, small, seconds),
                "epoll": lambda: rate(floor.port, "/", seconds),
                "nginx": lambda: rate(files.port, "/page.json", seconds),
                "ours large": lambda: rate(port, large, seconds),
                "fastapi": lambda: rate(python.port, large, seconds),
            }, options.rounds)
        median = {name: statistics.median(values) for name, values in figures.items()}
        kb = f"{len(small_body):,} B"
        table.add(f"cached read, {kb}", "bare epoll loop, as many bytes", f"{median['ours']:,.0f}/s : {median['epoll']:,.0f}/s",
                  f"{ratio(figures['ours'], figures['epoll']):.2f}", "≥ 0.75", "≥ 0.9")
        table.add("same", "nginx, same bytes as a file", f"{median['ours']:,.0f}/s : {median['nginx']:,.0f}/s",
                  f"{ratio(figures['ours'], figures['nginx']):.2f}", "≥ 1.2", "≥ 1.5")
        table.add(f"cached read, {len(large_body):,} B", "FastAPI + Redis, one process", f"{median['ours large']:,.0f}/s : {median['fastapi']:,.0f}/s",
                  f"{ratio(figures['ours large'], figures['fastapi']):.1f}", "≥ 12", "≥ 20")
        uncached(table, options, port)
        resident = next(line for line in Path(f"/proc/{ours.process.pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
        note(f"after the load: {resident}")


def uncached(table, options, port):
    """Each request asks another page and forbids the cache; the peer steps the same statement in a loop, without HTTP."""
    script = WORK / "uncached.lua"
    script.write_text('local n = 0\nrequest = function()\n  n = n + 1\n  return wrk.format("GET", "/rest/v1/products?category_id=eq." .. '
                      '(n % 30 + 1) .. "&order=asin&limit=20", {["Cache-Control"] = "no-store"})\nend\n')
    figures = rounds({"ours": lambda: rate(port, "/", options.seconds, script), "loop": lambda: program("read_bench", database_of(served_folder()))["loop"]},
                     options.rounds)
    table.add("uncached 20-row page, over HTTP", "C loop, same statement, no HTTP",
              f"{statistics.median(figures['ours']):,.0f}/s : {statistics.median(figures['loop']):,.0f}/s", f"{ratio(figures['ours'], figures['loop']):.2f}", "–", "–")


def program(name, *arguments):
    """Runs one of bench/*.cc on the server's core; it prints `name value` lines."""
    command = ["taskset", "-c", SERVER_CORE, BUILD / "bench" / name, *map(str, arguments)]
    text = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if len(line.split()) == 2}


def measure_page(table, options):
    runs = [program("read_bench", database_of(served_folder())) for _ in range(options.rounds)]
    table.add("uncached 20-row page from SQLite", "C loop, same prepared statement",
              f"{statistics.median(r['ours'] for r in runs):,.0f}/s : {statistics.median(r['loop'] for r in runs):,.0f}/s",
              f"{statistics.median(r['ours'] / r['loop'] for r in runs):.2f}", "≥ 0.5", "≥ 0.8")


def measure_embed(table, options):
    runs = [program("embed_bench", WORK) for _ in range(options.rounds)]
    table.add("page with two embeds, 20 rows", "C loop, hand-written SQL",
              f"{statistics.median(r['ours'] for r in runs):,.0f}/s : {statistics.median(r['loop'] for r in runs):,.0f}/s",
              f"{statistics.median(r['ours'] / r['loop'] for r in runs):.2f}", "≥ 0.5", "≥ 0.8")


# ---- writes ----------------------------------------------------------------------------------------------------------

def items(name):
    """A folder with an empty table of items that everybody may change."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "items.db") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT, price DECIMAL(7,2))")
    connection.close()
    (folder / "aljibe.yaml").write_text("database: sqlite:items.db\ntables:\n  items: {roles: {anonymous: [read, insert]}}\n")
    return folder


def post_rows(port, body):
    """Seconds until a POST of `body` was answered with 201."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begin = time.monotonic()
    connection.request("POST", "/rest/v1/items", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    seconds = time.monotonic() - begin
    connection.close()
    if answer.status != 201:
        sys.exit(f"POST answered {answer.status}")
    return seconds


def measure_writes(table, options):
    folder, alone = items("writes"), items("writes-alone")
    script = WORK / "insert.lua"
    script.write_text('local n = 0\nlocal start = os.time()\nrequest = function()\n  n = n + 1\n  return wrk.format("POST", "/rest/v1/items", {["Content-Type"] = "application/json"}, '
                      '\'{"code":"c-\' .. start .. "-" .. n .. "-" .. math.random(1000000000) .. \'","name":"an item","price":9.99}\')\nend\n')
    port = free_port()
    with Server([ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", cwd=folder):
        figures = rounds({"ours": lambda: rate(port, "/", options.seconds, script), "alone": lambda: program("insert_bench", alone / "items.db", "single", options.seconds)["rows"]},
                         options.rounds)
        table.add("single-row insert, 32 clients, durable", "SQLite alone, one transaction a row",
                  f"{statistics.median(figures['ours']):,.0f}/s : {statistics.median(figures['alone']):,.0f}/s", f"{ratio(figures['ours'], figures['alone']):.1f}", "≥ 5", "≥ 15")
        count = 10_000

        def file_of(number):
            path = WORK / "bulk.json"
            path.write_text(json.dumps([{"code": f"bulk-{number}-{i}", "name": f"item number {i}", "price": i / 100} for i in range(count)]))
            return path

        numbers = iter(range(1_000_000))
        ours = lambda: count / post_rows(port, file_of(next(numbers)).read_bytes())
        theirs = lambda: program("insert_bench", alone / "items.db", "bulk", file_of(next(numbers)))["rows"]
        figures = rounds({"ours": ours, "alone": theirs}, options.rounds)
        table.add("10,000 rows in one POST", "SQLite alone, json_each of the same JSON",
                  f"{statistics.median(figures['ours']):,.0f} rows/s : {statistics.median(figures['alone']):,.0f}", f"{ratio(figures['ours'], figures['alone']):.2f}", "≥ 0.6", "≥ 1")


# ---- files -----------------------------------------------------------------------------------------------------------

def measure_changelog(table, options):
    """What the triggers cost a program that writes by itself."""
    plain, logged = items("changelog-plain"), items("changelog-logged")
    subprocess.run([ALJIBE, "cache", "install", logged / "items.db"], check=True, stdout=subprocess.DEVNULL)
    run = lambda folder, *what: program("insert_bench", folder / "items.db", *what)["rows"]
    figures = rounds({"plain": lambda: run(plain, "single", options.seconds), "logged": lambda: run(logged, "single", options.seconds)}, options.rounds)
    table.add("write of one row a transaction, durable, logged", "the same without triggers",
              f"{statistics.median(figures['logged']):,.0f}/s : {statistics.median(figures['plain']):,.0f}/s", f"{ratio(figures['plain'], figures['logged']):.2f}", "≤ 1.6", "≤ 1.3")
    numbers = iter(range(1_000_000))

    def bulk(folder):
        path = WORK / "bulk.json"
        number = next(numbers)
        path.write_text(json.dumps([{"code": f"bulk-{number}-{i}", "name": f"item number {i}", "price": i / 100} for i in range(10_000)]))
        return run(folder, "bulk", path)

    figures = rounds({"plain": lambda: bulk(plain), "logged": lambda: bulk(logged)}, options.rounds)
    table.add("10,000 rows in one statement, logged", "the same without triggers",
              f"{statistics.median(figures['logged']):,.0f} rows/s : {statistics.median(figures['plain']):,.0f}", f"{ratio(figures['plain'], figures['logged']):.2f}", "≤ 1.6", "≤ 1.3")


class Writer:
    """Commits beside the server, on the load generator's core; `made` afterwards is how many, a second."""

    def __init__(self, database, commits, which):
        self.command = ["taskset", "-c", CLIENT_CORE, sys.executable, ROOT / "bench/writer.py", database, commits, which]

    def __enter__(self):
        self.process = subprocess.Popen(list(map(str, self.command)), stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        count, seconds = self.process.communicate(timeout=20)[0].split() or (0, 1)
        self.count, self.made = int(count), int(count) / float(seconds)


def metric(port, name):
    text = get(port, "/metrics")[2].decode()
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def measure_fresh(table, options):
    """Cached reads while others commit, and what one hot answer costs the database each time that it is altered."""
    folder, port, seconds = served_folder(), free_port(), options.seconds
    with Server([ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", folder):
        page, _ = page_of(port, 1500)
        get(port, page)
        made = []

        def beside_writes(measure):
            with Writer(database_of(folder), 1000, "cold") as writer:
                figure = measure()
            made.append(writer.made)
            return figure

        with epoll_loop(raw_answer(port, page)) as floor:
            figures = rounds({"ours": lambda: beside_writes(lambda: rate(port, page, seconds)), "epoll": lambda: beside_writes(lambda: rate(floor.port, "/", seconds))}, options.rounds)
        table.add(f"cached read beside {statistics.median(made):,.0f} commits/s by others", "bare epoll loop beside the same",
                  f"{statistics.median(figures['ours']):,.0f}/s : {statistics.median(figures['epoll']):,.0f}/s", f"{ratio(figures['ours'], figures['epoll']):.2f}", "≥ 0.75", "≥ 0.9")

        def reads_for_each_drop():
            names = ("aljibe_database_read_seconds_count", "aljibe_cache_dropped_total")
            before = [metric(port, name) for name in names]
            with Writer(database_of(folder), 200, "hot"):
                requests = rate(port, page, seconds)
            reads, drops = (metric(port, name) - old for name, old in zip(names, before))
            return requests, reads / drops

        hot = [reads_for_each_drop() for _ in range(options.rounds)]
        table.add("database reads for each time that a hot answer is altered", f"{statistics.median(r for r, _ in hot):,.0f} requests/s for it, altered 200 times a second", "–",
                  f"{statistics.median(r for _, r in hot):.3f}", "1", "1")


def measure_match(table, options):
    figures = program("match_bench", 1_000_000, 20_000)
    table.add("changes held against 1,000,000 answers", "a look at each", f"{figures['changes']:,.0f}/s : {figures['scanned']:.1f}/s",
              f"{figures['changes']:,.0f}/s", "≥ 60,000", "≥ 150,000")


def measure_ladder(table, options):
    """Ways to keep answers over one trace. Its output stays in build/bench/ladder.txt, for bench/ladder_picture.py."""
    output = WORK / "ladder.txt"
    with open(output, "w", encoding="utf-8") as file:
        subprocess.run(["taskset", "-c", SERVER_CORE, BUILD / "bench" / "ladder_bench", WORK, str(options.operations)], stdout=file, check=True)
    figures = {line.split()[0]: float(line.split()[1]) for line in output.read_text().splitlines()}
    if any(figures[f"{share}.{policy}.stale"] for share in (1, 5, 20) for policy in ("ours", "oracle")):
        sys.exit("a stale answer was served")
    hit = lambda policy: figures[f"5.{policy}.hit"]
    table.add("hit ratio at 5 % writes", "an oracle that reads each answer again", f"{hit('ours'):.2f} % : {hit('oracle'):.2f} %", f"{hit('oracle') - hit('ours'):.2f} points", "≤ 3", "≤ 1")
    table.add("dropped answers that had changed, 5 % writes", "equality conjunctions", f"{figures['5.ours.precision']:.1f} % : {figures['5.conjunctions.precision']:.1f} %",
              f"{figures['5.ours.precision']:.1f} %", "≥ 95 %", "≥ 99 %")


def measure_memory(table, options):
    figures = program("memory_bench", options.answers)
    table.add(f"memory that the cache counts, {options.answers:,} answers", "resident memory", f"{figures['counted'] / 1e6:,.0f} MB : {figures['resident'] / 1e6:,.0f} MB",
              f"{abs(figures['error_percent']):.1f} %", "≤ 5 %", "–")
    table.add("memory of an answer beside head, body and key", "–", f"{figures['per_entry_head'] + figures['per_entry_body'] + figures['per_entry_key']:,.0f} B of these",
              f"{figures['per_entry_beside_and_head']:.0f} B", "≤ 700 B", "≤ 400 B")


def measure_parse(table, options):
    file = catalogue(options.rows) / "amazon_products.csv"
    one, two = [], []
    for _ in range(options.rounds):
        for threads, figures in ((1, one), (2, two)):
            text = subprocess.run([BUILD / "bench" / "parse_bench", file, str(threads)], capture_output=True, text=True, check=True).stdout
            figures.append(float(text.split()[1]))
    table.add("parse, type and check, no sink, one thread", "–", f"{file.stat().st_size / 1e6:,.0f} MB", f"{statistics.median(one):.2f} GB/s", "≥ 0.6 GB/s", "≥ 1.0")
    table.add("the same on two threads", "one thread", f"{statistics.median(two):.2f} GB/s", f"{ratio(two, one):.2f}", "≥ 1.6", "≥ 1.8")


def timed(command, cwd, stdin=None):
    """Wall seconds and peak resident MB of a command."""
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), cwd=cwd, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    if stdin:
        process.stdin.write(stdin.encode())
        process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed")
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def remove_databases(folder):
    for file in folder.glob("*.db*"):
        file.unlink()
    shutil.rmtree(folder / "rejects", ignore_errors=True)


def content(database):
    """A digest of every value of products, in key order: typed, so that 12.0 and 12 agree and 011 and 11 do not."""
    query = ("select asin, title, imgUrl, productURL, round(stars*100), reviews, round(price*100), round(listPrice*100), category_id, "
             "lower(isBestSeller) in ('1','true'), boughtInLastMonth from products order by asin")
    digest = hashlib.sha256()
    with subprocess.Popen(["sqlite3", str(database), query], stdout=subprocess.PIPE) as shell:
        for block in iter(lambda: shell.stdout.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def measure_load(table, options):
    source = catalogue(options.rows)
    folder = WORK / "load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("amazon_categories.csv", "amazon_products.csv"):
        (folder / name).symlink_to(source / name)
    subprocess.run([ALJIBE, "init", "amazon_categories.csv", "amazon_products.csv"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    timed([ALJIBE, "load"], folder)
    schema = subprocess.run(["sqlite3", str(database_of(folder)), ".schema products"], capture_output=True, text=True, check=True).stdout
    peer = WORK / "import.db"
    script = f"{schema}\n.mode csv\n.import --skip 1 {source / 'amazon_products.csv'} products\n"
    peaks, ours, theirs = [], [], []
    for round_number in range(max(3, options.rounds // 2)):
        peer.unlink(missing_ok=True)
        theirs.append(timed(["sqlite3", peer], folder, script)[0])
        remove_databases(folder)
        seconds, peak = timed([ALJIBE, "load"], folder)
        ours.append(seconds)
        peaks.append(peak)
        if round_number == 0 and content(peer) != content(database_of(folder)):
            sys.exit("the two databases differ")
        note(f"load {ours[-1]:.2f} s, .import {theirs[-1]:.2f} s")
    table.add(f"load of {options.rows:,} rows, key enforced, ledger and rejects on", "`sqlite3 .import` into the same table",
              f"{statistics.median(ours):.2f} s : {statistics.median(theirs):.2f} s", f"{ratio(ours, theirs):.2f}", "≤ 0.45", "≤ 0.25")
    table.add("peak resident memory, loading", "–", f"{options.rows:,} rows", f"{statistics.median(peaks):.0f} MB", "≤ 160 MB", "≤ 96")


def measure_dirt(table, options):
    """The same pipeline over the clean and the dirty catalogue, in turn."""
    folders = []
    for name, flags in (("clean", []), ("dirty", ["--dirty", "1%"])):
        folder = WORK / f"dirt-{name}-{options.rows}"
        if not folder.exists():
            subprocess.run([ALJIBE, "generate", "--rows", str(options.rows), "--seed", "7", "--out", folder, *flags], check=True, stdout=subprocess.DEVNULL)
        folders.append(folder)
    config = WORK / "load" / "aljibe.yaml"
    if not config.exists():
        return
    seconds = {}
    for _ in range(3):
        for folder in folders:
            shutil.copy(config, folder / "aljibe.yaml")
            remove_databases(folder)
            seconds.setdefault(folder, []).append(timed([ALJIBE, "load"], folder)[0])
    clean, dirty = (seconds[folder] for folder in folders)
    table.add("load at 1 % dirt", "the same rows clean", f"{statistics.median(dirty):.2f} s : {statistics.median(clean):.2f} s", f"{ratio(dirty, clean):.2f}", "≤ 1.10", "≤ 1.04")


def measure_start(table, options):
    folder = served_folder()
    starts, idle = [], []
    for _ in range(max(5, options.rounds)):
        port = free_port()
        begin = time.monotonic()
        process = subprocess.Popen([str(ALJIBE), "serve", "--port", str(port)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                status, _, _ = get(port, "/rest/v1/categories?limit=1")
                assert status == 200
                break
            except OSError:
                time.sleep(0.001)
        starts.append((time.monotonic() - begin) * 1000)
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        idle.append(int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024)
        process.terminate()
        process.wait(10)
    table.add("start to first answer", "–", "process start to a 200 with a row", f"{statistics.median(starts):.0f} ms", "≤ 150 ms", "≤ 50 ms")
    table.add("resident memory, idle", "–", "after the first answer", f"{statistics.median(idle):.0f} MB", "≤ 40 MB", "≤ 25")


def in_file(module):
    """A scenario that has a file of its own."""
    return lambda table, options: module.measure(sys.modules[__name__], table, options)


SCENARIOS = {"http": measure_http, "slow": in_file(slow), "auth": in_file(auth), "page": measure_page, "embed": measure_embed, "writes": measure_writes, "changelog": measure_changelog, "fresh": measure_fresh, "match": measure_match, "ladder": measure_ladder, "memory": measure_memory, "redis": in_file(tier), "parse": measure_parse, "load": measure_load, "dirt": measure_dirt, "start": measure_start}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help=f"which to run: {', '.join(SCENARIOS)} (all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison (7)")
    parser.add_argument("--seconds", type=int, default=3, help="length of one HTTP measurement (3)")
    parser.add_argument("--rows", type=int, default=FULL_ROWS, help=f"rows of the load and parse scenarios ({FULL_ROWS:,})")
    parser.add_argument("--operations", type=int, default=400_000, help="reads and writes of the ladder scenario, for each share of writes (400,000)")
    parser.add_argument("--answers", type=int, default=1_000_000, help="answers of the memory scenario (1,000,000)")
    parser.add_argument("--quick", action="store_true", help="three short rounds on 200,000 rows, to see that all of it works")
    options = parser.parse_args()
    unknown = [name for name in options.scenario if name not in SCENARIOS]
    if unknown:
        parser.error(f"no scenario {unknown[0]!r}; there are {', '.join(SCENARIOS)}")
    if options.quick:
        options.rounds, options.seconds, options.rows, options.operations, options.answers = 3, 1, 200_000, 10_000, 50_000
    WORK.mkdir(parents=True, exist_ok=True)
    table = Table()
    for name in options.scenario or SCENARIOS:
        SCENARIOS[name](table, options)
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    print(f"\ncommit {commit or '?'} · {model} · {os.cpu_count()} cores · medians of {options.rounds} interleaved rounds")
    table.show()
    (WORK / "table.json").write_text(json.dumps(table.rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
