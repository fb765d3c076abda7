"""Who asks: what a verified token costs on a cached read, how well callers under a row policy share answers, and what sign-ins take."""
import base64
import collections
import hashlib
import hmac
import http.client
import json
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import threading
from pathlib import Path

SECRET = "0123456789abcdef0123456789abcdef"
USERS = 1_000
CATEGORIES = 120
SIGN_INS = 1_000
COMMITS = 100


def token(**claims):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")
    text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps({"exp": 4_000_000_000, **claims}).encode())
    return (text + b"." + part(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())).decode()


def folder_for(bench, name, auth, roles):
    """The catalogue under rules of its own."""
    folder = bench.WORK / f"auth-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = bench.database_of(bench.served_folder())
    subprocess.run(["sqlite3", str(source), f".backup {folder / 'shop.db'}"], check=True)
    (folder / "aljibe.yaml").write_text(f"database: sqlite:shop.db\nauth: {auth}\ntables:\n  products: {{roles: {roles}}}\n")
    return folder


def served(bench, folder):
    port = bench.free_port()
    return bench.Server([bench.ALJIBE, "serve", "--port", port, "--threads", 1], port, "/health/live", folder)


def with_token(bench, name, bearer):
    file = bench.WORK / f"token-{name}.lua"
    file.write_text(f'wrk.headers["Authorization"] = "Bearer {bearer}"\n')
    return file


def post(port, path, members):
    peer = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    peer.request("POST", path, json.dumps(members), {"Content-Type": "application/json"})
    answer = peer.getresponse()
    return answer.status, answer.read()


def measure_tokens(bench, table, options):
    """The same bytes to a caller with a token and to one without; and to one whose rows a policy chooses."""
    roles = '{anonymous: [read], member: {read: {where: "category_id=eq.${claims.category}"}}, clerk: [read]}'
    with served(bench, folder_for(bench, "tokens", f"{{secret: {SECRET}}}", roles)) as server:
        target, body = bench.page_of(server.port, 1500)
        clerk, member = (token(sub="u1", role="clerk", email="somebody@example.org", app={"tenant": "t1"}), token(sub="u1", role="member", category="71", email="somebody@example.org"))
        scripts = {"token": with_token(bench, "clerk", clerk), "policy": with_token(bench, "member", member)}
        for bearer in (clerk, member):
            for _ in range(2):
                status, fields, got = bench.get(server.port, target, {"Authorization": f"Bearer {bearer}"})
            assert status == 200 and got == body and "hit" in fields["Cache-Status"], (status, fields)
        figures = bench.rounds({"anonymous": lambda: bench.rate(server.port, target, options.seconds), "token": lambda: bench.rate(server.port, target, options.seconds, scripts["token"]),
                                "policy": lambda: bench.rate(server.port, target, options.seconds, scripts["policy"])}, 2 * options.rounds)
    median = {name: statistics.median(values) for name, values in figures.items()}
    for name, what in (("token", "cached read with a verified token"), ("policy", "the same under a row policy that reads a claim")):
        table.add(f"{what}, {len(body):,} B", "the same without a token", f"{median[name]:,.0f}/s : {median['anonymous']:,.0f}/s", f"{bench.ratio(figures[name], figures['anonymous']):.2f}", "≥ 0.85", "≥ 0.95")


def measure_accounts(bench, table, options):
    """The token of an account, whose verdict holds as long as nobody is signed out: alone, and while others sign in, as commits to the file of accounts do."""
    folder = folder_for(bench, "accounts", "{built_in: {tries: {free: 100000}}}", "{anonymous: [read], authenticated: [read]}")
    with served(bench, folder) as server:
        target, body = bench.page_of(server.port, 1500)
        bearer = json.loads(post(server.port, "/auth/v1/sign-up", {"email": "somebody@example.org", "password": "correct horse battery"})[1])["access_token"]
        script = with_token(bench, "account", bearer)
        for _ in range(3):
            status, fields, got = bench.get(server.port, target, {"Authorization": f"Bearer {bearer}"})
        assert status == 200 and got == body and "hit" in fields["Cache-Status"], (status, fields)

        def beside():
            stop = threading.Event()

            def commit():
                with sqlite3.connect(folder / "auth.db", isolation_level=None, timeout=10) as connection:
                    connection.execute("pragma synchronous = off")
                    while not stop.wait(1 / COMMITS):
                        connection.execute("update accounts set signed_in_at = signed_in_at + 1")
                connection.close()

            other = threading.Thread(target=commit)
            other.start()
            try:
                return bench.rate(server.port, target, options.seconds, script)
            finally:
                stop.set()
                other.join()

        figures = bench.rounds({"anonymous": lambda: bench.rate(server.port, target, options.seconds), "alone": lambda: bench.rate(server.port, target, options.seconds, script), "beside": beside}, 2 * options.rounds)
    median = {name: statistics.median(values) for name, values in figures.items()}
    for name, what in (("alone", "cached read with the token of an account"), ("beside", f"the same beside {COMMITS} commits/s to the accounts")):
        table.add(what, "the same without a token", f"{median[name]:,.0f}/s : {median['anonymous']:,.0f}/s", f"{bench.ratio(figures[name], figures['anonymous']):.2f}", "≥ 0.85", "≥ 0.95")


class Oracle:
    """Says hit when the same answer was given before to somebody for whom the policy is the same, and its bytes are the same now."""

    def __init__(self):
        self.known = {}

    def hits(self, key, etag):
        was = self.known.get(key)
        self.known[key] = etag
        return was == etag


def measure_sharing(bench, table, options):
    """Users of a few categories each read pages of their own; one request of twenty changes a price."""
    chance = random.Random(11)
    roles = '{anonymous: [], member: {read: {where: "category_id=eq.${claims.category}"}}}'
    folder = folder_for(bench, "sharing", f"{{secret: {SECRET}}}", roles)
    with sqlite3.connect(folder / "shop.db") as connection:
        categories = [row[0] for row in connection.execute("select category_id from products group by 1 order by count(*) desc limit ?", (CATEGORIES,))]
        products = [row[0] for row in connection.execute("select asin from products where category_id in (select category_id from products group by 1 order by count(*) desc limit 20) limit 5000")]
    connection.close()
    weights = [1 / (rank + 1) ** 0.9 for rank in range(CATEGORIES)]
    users = [(token(sub=f"user-{number}", role="member", category=str(category)), category) for number, category in enumerate(chance.choices(categories, weights, k=USERS))]
    pages = [f"/rest/v1/products?select=asin,title,price&order={order}&limit=20&offset={offset}" for order in ("price.desc", "asin") for offset in (0, 20, 40)]
    page_weights = [1 / (rank + 1) for rank in range(len(pages))]
    oracle, counts = Oracle(), collections.Counter()
    with served(bench, folder) as server:
        peer = http.client.HTTPConnection("127.0.0.1", server.port)
        with sqlite3.connect(folder / "shop.db", isolation_level=None) as writer:
            for _ in range(min(options.answers, 30_000)):
                if chance.random() < 0.05:
                    writer.execute("update products set price = ? where asin = ?", (round(chance.uniform(1, 900), 2), chance.choice(products)))
                    continue
                bearer, category = chance.choice(users)
                page = chance.choices(pages, page_weights)[0]
                peer.request("GET", page, headers={"Authorization": f"Bearer {bearer}"})
                answer = peer.getresponse()
                answer.read()
                assert answer.status == 200, answer.status
                counts["asked"] += 1
                counts["ours"] += "hit" in answer.headers["Cache-Status"]
                counts["oracle"] += oracle.hits((category, page), answer.headers["ETag"])
        writer.close()
    ours, best = (100 * counts[name] / counts["asked"] for name in ("ours", "oracle"))
    table.add(f"hits under a row policy, {USERS:,} users", "exact oracle: same policy values, same bytes", f"{ours:.1f} % : {best:.1f} %", f"{best - ours:.1f} points", "≤ 5", "≤ 1")


def measure_sign_ins(bench, table, _options):
    folder = folder_for(bench, "sign-ins", "{built_in: {tries: {free: 100000}}}", "{anonymous: [read]}")
    counts = collections.Counter()
    with served(bench, folder) as server:
        resident = lambda name: int(re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())[1]) / 1024  # noqa: E731
        before = resident("VmRSS")
        account = {"email": "somebody@example.org", "password": "correct horse battery"}
        assert post(server.port, "/auth/v1/sign-up", account)[0] == 200
        gate = threading.Barrier(SIGN_INS)

        def sign_in():
            gate.wait()
            counts[post(server.port, "/auth/v1/sign-in", account)[0]] += 1

        threads = [threading.Thread(target=sign_in) for _ in range(SIGN_INS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        peak = resident("VmHWM")
    told = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    table.add(f"resident memory at {SIGN_INS:,} sign-ins at once", f"{before:.0f} MB before", told, f"{peak:.0f} MB", "≤ 256 MB, 429 past it", "–")


def measure(bench, table, options):
    for step in (measure_tokens, measure_accounts, measure_sharing, measure_sign_ins):
        step(bench, table, options)
