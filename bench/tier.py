"""The second tier of the cache: what a hit in Redis costs, what Redis costs when it is not needed, and what it does when it fails.

Many pages of about 7 KB are asked for in turn, of a memory that holds a few: so nearly every answer comes from Redis.
"""
import json
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

PAGES = 400
CONNECTIONS = 64


class Redis:
    """A redis-server over TCP, on the core of the load generator."""

    def __init__(self, bench):
        self.port = bench.free_port()
        self.core = bench.CLIENT_CORE

    def __enter__(self):
        self.process = subprocess.Popen(["taskset", "-c", self.core, "redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"],
                                        stdout=subprocess.DEVNULL)
        for _ in range(500):
            try:
                self.ask("PING")
                return self
            except OSError:
                time.sleep(0.01)
        sys.exit("redis-server did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(10)

    def ask(self, *parts):
        parts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as peer:
            peer.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            return peer.recv(1 << 16)


def folder_for(bench, name, redis=None, memory="512 MiB"):
    """The catalogue under a configuration of its own."""
    folder = bench.WORK / f"tier-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = bench.served_folder()
    database = bench.database_of(source)
    # A copy by SQLite itself: the served file may have a log that was not written back.
    subprocess.run(["sqlite3", str(database), f".backup {folder / database.name}"], check=True)
    text = (source / "aljibe.yaml").read_text() + f"\ncache: {{memory: {memory}}}\n" + (f"redis: redis://127.0.0.1:{redis.port}\n" if redis else "")
    (folder / "aljibe.yaml").write_text(text)
    return folder


def served(bench, folder):
    port = bench.free_port()
    return bench.Server([bench.ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", folder)


def targets_of(bench, server):
    """Pages of about 7 KB, one for each of so many prices."""
    target, _ = bench.page_of(server.port, 7000)
    return [f"{target}&price=gt.{number / 100:.2f}" for number in range(PAGES)]


def lua_of(bench, name, targets):
    """A script for wrk that asks for the targets in turn."""
    file = bench.WORK / f"{name}.lua"
    file.write_text("local targets = {" + ",".join(json.dumps(one) for one in targets) + "}\nlocal at = 0\n"
                    "request = function() at = at % #targets + 1 return wrk.format('GET', targets[at]) end\n")
    return file


def warm(bench, server, targets, redis):
    """Asks for each until all lie in Redis."""
    for _ in range(20):
        for target in targets:
            assert bench.get(server.port, target)[0] == 200
        if int(redis.ask("DBSIZE")[1:].split()[0]) >= len(targets):
            return
        time.sleep(0.2)
    sys.exit("the pages do not come to Redis")


def share_from_redis(bench, port, measure):
    names = ('aljibe_redis_lookups_total{outcome="hit"}', "aljibe_cache_lookups_total")
    before = [bench.metric(port, name) for name in names]
    figure = measure()
    hits, lookups = (bench.metric(port, name) - old for name, old in zip(names, before))
    return figure, hits / max(lookups, 1)


def redis_benchmark(bench, redis, seconds):
    command = ["taskset", "-c", bench.SERVER_CORE, "redis-benchmark", "-p", redis.port, "-c", CONNECTIONS, "-n", int(60_000 * seconds), "-r", PAGES, "--csv", "GET", "page:__rand_int__"]
    text = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    return float(text.strip().splitlines()[-1].split(",")[1].strip('"'))


def measure_hits(bench, table, options):
    with Redis(bench) as redis, bench.Redis(bench.CLIENT_CORE) as other:
        with served(bench, folder_for(bench, "hits", redis, "256 KiB")) as ours, bench.fastapi(other) as python:
            targets = targets_of(bench, ours)
            warm(bench, ours, targets, redis)
            bodies = [bench.get(ours.port, target)[2] for target in targets]
            for number, (target, body) in enumerate(zip(targets, bodies)):
                other.set("response:products:" + target.split("?")[1], body)
                redis.ask("SET", f"page:{number:012}", body)
            assert bench.get(python.port, targets[7])[2] == bodies[7]
            script, shares = lua_of(bench, "hits", targets), []

            def hits():
                figure, share = share_from_redis(bench, ours.port, lambda: bench.rate(ours.port, targets[0], options.seconds, script, CONNECTIONS))
                shares.append(share)
                return figure

            figures = bench.rounds({"ours": hits, "fastapi": lambda: bench.rate(python.port, targets[0], options.seconds, script, CONNECTIONS),
                                    "redis": lambda: redis_benchmark(bench, redis, options.seconds)}, options.rounds)
        with served(bench, folder_for(bench, "none", None, "256 KiB")) as database:
            reads = [bench.rate(database.port, targets[0], options.seconds, script, CONNECTIONS) for _ in range(options.rounds)]
    median = {name: statistics.median(values) for name, values in figures.items()}
    size = f"{round(statistics.mean(map(len, bodies))):,} B"
    bench.note(f"{statistics.median(shares) * 100:.0f} % of the look-ups were answered by Redis; the database alone {statistics.median(reads):,.0f}/s")
    table.add(f"hit in Redis, {size}", "FastAPI + Redis, one process", f"{median['ours']:,.0f}/s : {median['fastapi']:,.0f}/s", f"{bench.ratio(figures['ours'], figures['fastapi']):.1f}", "≥ 8", "≥ 15")
    table.add("same", "redis-benchmark GET, same bytes and connections", f"{median['ours']:,.0f}/s : {median['redis']:,.0f}/s", f"{bench.ratio(figures['ours'], figures['redis']):.2f}", "≥ 0.4", "≥ 0.7")
    table.add("same", "the database alone", f"{median['ours']:,.0f}/s : {statistics.median(reads):,.0f}/s", f"{bench.ratio(figures['ours'], reads):.1f}", "–", "–")


def measure_memory_hits(bench, table, options):
    with Redis(bench) as redis, served(bench, folder_for(bench, "on", redis)) as on, served(bench, folder_for(bench, "off")) as off:
        target, _ = bench.page_of(on.port, 7000)
        for server in (on, off):
            bench.get(server.port, target)
        figures = bench.rounds({"on": lambda: bench.rate(on.port, target, options.seconds), "off": lambda: bench.rate(off.port, target, options.seconds)}, 2 * options.rounds)
    table.add("hit in memory with Redis behind it", "without", f"{statistics.median(figures['on']):,.0f}/s : {statistics.median(figures['off']):,.0f}/s",
              f"{bench.ratio(figures['on'], figures['off']):.2f}", "≥ 0.97", "≥ 0.99")


def p99(bench, port, target, seconds, script):
    command = ["taskset", "-c", bench.CLIENT_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}{target}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = next(line.split()[1] for line in text.splitlines() if line.strip().startswith("99%"))
    unit = {"us": 1e-3, "ms": 1, "s": 1e3}
    name = word.lstrip("0123456789.")
    return float(word[:-len(name)]) * unit[name]


def measure_stall(bench, table, options):
    """Redis stops for the whole of each measurement."""
    with Redis(bench) as redis, served(bench, folder_for(bench, "stall", redis, "256 KiB")) as ours, served(bench, folder_for(bench, "alone", None, "256 KiB")) as alone:
        targets = targets_of(bench, ours)
        warm(bench, ours, targets, redis)
        script = lua_of(bench, "stall", targets)

        def stalled():
            bench.rate(ours.port, targets[0], 1, script, CONNECTIONS)
            redis.process.send_signal(signal.SIGSTOP)
            try:
                return p99(bench, ours.port, targets[0], 5, script)
            finally:
                redis.process.send_signal(signal.SIGCONT)

        figures = bench.rounds({"ours": stalled, "alone": lambda: p99(bench, alone.port, targets[0], 5, script)}, options.rounds)
    table.add("p99 while Redis is stuck for 5 s", "the database alone", f"{statistics.median(figures['ours']):.1f} ms : {statistics.median(figures['alone']):.1f} ms",
              f"{bench.ratio(figures['ours'], figures['alone']):.2f}", "≤ 1.3", "≤ 1.1")


def measure_restart(bench, table, options):
    shares = []
    with Redis(bench) as redis:
        folder = folder_for(bench, "restart", redis)
        with served(bench, folder) as first:
            targets = targets_of(bench, first)
            warm(bench, first, targets, redis)
            first.process.kill()
        for _ in range(options.rounds):
            with served(bench, folder) as again:
                began, hits, asked = time.monotonic(), 0, 0
                while time.monotonic() - began < 1:
                    hits += "hit" in bench.get(again.port, random.choice(targets))[1]["Cache-Status"]
                    asked += 1
                shares.append(hits / asked)
                again.process.kill()
    table.add("restart on a warm Redis: hits of the first second", "–", f"{PAGES} pages, at random", f"{statistics.median(shares) * 100:.1f} %", "≥ 50 %", "≥ 90 %")


def measure(bench, table, options):
    held = bench.program("match_bench", "hold", 100_000, 20_000)
    table.add("an answer held against 100,000 changes since", "–", f"p50 {held['p50']:.1f} µs", f"p99 {held['p99']:.1f} µs", "≤ 50 µs", "≤ 20 µs")
    for step in (measure_hits, measure_memory_hits, measure_stall, measure_restart):
        step(bench, table, options)
