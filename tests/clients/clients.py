"""Runs one script of unmodified npm clients against a served shop: `clients.py provider` runs provider.mjs.

./dev installs the packages into build/clients. Node looks for a package beside the script and upwards, so the scripts are
copied next to a link to node_modules. The script finds the server and the database in its environment.
"""
import contextlib
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "world"))

from shop import ROOT, Shop  # noqa: E402  (the path comes first)

PACKAGES = ROOT / "build" / "clients" / "node_modules"
NODE = next(PACKAGES.glob("node-linux-*/bin/node"), None)  # Debian's own is too old for supabase-js
SECONDS_MAX = 120
FREE_PORT = "FREE_PORT"  # in settings: where the script itself listens
MORE_SETTINGS = {
    "aggregates": "api: {aggregates: on}\n",
    "docs": """\
  cheap_products: {roles: {anonymous: [read]}}
endpoints: {"GET /categories/{id}/products": {query: "products?category_id=eq.{id}&order=title", summary: Products of a category}}
""",
    "openapi": """\
  "odd {name} 100%": {roles: {anonymous: [read, insert, update, delete]}}
  cheap_products: {roles: {anonymous: [read]}}
  clubs: {roles: {anonymous: [read, update]}}
  people: {roles: {anonymous: [read]}}
  visits: {roles: {anonymous: [insert]}}
  notes: {roles: {anonymous: [read, insert]}}
endpoints:
  "GET /categories/{id}/products": {query: "products?category_id=eq.{id}&order=title", summary: Products of a category}
  "GET /cheapest/{count}": "products?order=price&limit={count}"
""",
    "tokens": """\
  letters: {roles: {reader: [read], writer: []}}
auth:
  oidc:
    jose: {issuer: "http://127.0.0.1:FREE_PORT/tenant", audience: [shop, api], role_claim: roles, algorithms: [RS256, PS256, ES256, ES384, EdDSA]}
  secret: {key: 0123456789abcdef0123456789abcdef, issuer: supabase}
""",
}

# Only who has signed in reads anything.
ACCOUNTS = """\
database: sqlite:shop.db
auth: {built_in: auth.db}
tables:
  products: {roles: {authenticated: [read]}}
"""
# The same with Firebase's emulator: three lines are others.
FIREBASE = """\
database: sqlite:shop.db
auth:
  firebase: {project: demo-shop, emulator: "127.0.0.1:FREE_PORT"}
tables:
  products: {roles: {authenticated: [read]}}
"""
OWN_SETTINGS = {"firebase": ACCOUNTS, "sessions": ACCOUNTS, "firebase_proxy": FIREBASE}
EMULATOR_SECONDS_MAX = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def stock(shop, name, port):
    """The shop's tables and rows, and the configuration that lets everybody change them."""
    settings = OWN_SETTINGS.get(name) or (HERE / "aljibe.yaml").read_text(encoding="utf-8") + MORE_SETTINGS.get(name, "")
    (shop.folder / "aljibe.yaml").write_text(settings.replace(FREE_PORT, port), encoding="utf-8")
    with sqlite3.connect(shop.folder / "shop.db") as connection:
        for script in ("shop.sql", "stock.sql", f"{name}.sql"):
            if (HERE / script).exists():
                connection.executescript((HERE / script).read_text(encoding="utf-8"))
    connection.close()


def lay_out(folder):
    """The scripts where they find their packages."""
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "node_modules"))
    (folder / "node_modules").symlink_to(PACKAGES)
    return folder


@contextlib.contextmanager
def emulator(shop, scripts, port):
    """Firebase's own emulator of its authentication."""
    with (shop.folder / "emulator.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen([NODE, "emulator.cjs", "demo-shop", port], cwd=scripts, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        alarm = threading.Timer(EMULATOR_SECONDS_MAX, process.kill)
        alarm.start()
        try:
            if process.stdout.readline() != b"ready\n":
                raise AssertionError(f"the emulator did not start:\n{(shop.folder / 'emulator.log').read_text(encoding='utf-8')}")
            alarm.cancel()
            yield
        finally:
            alarm.cancel()
            process.kill()
            process.communicate()


def main(name):
    if NODE is None:
        print(f"no Node in {PACKAGES.relative_to(ROOT)}: ./dev test installs it")
        return 1
    with Shop(f"clients/{name}") as shop, contextlib.ExitStack() as stack:
        port = free_port()
        stock(shop, name, port)
        scripts = lay_out(shop.folder / "scripts")
        environment = {"PATH": os.environ["PATH"], "HOME": str(shop.folder), "NODE_NO_WARNINGS": "1", "SHOP_FREE_PORT": port,
                       "SHOP_DATABASE": str(shop.folder / "shop.db"), "SHOP_PICTURES": str(shop.folder)}
        if name == "firebase_proxy":
            stack.enter_context(emulator(shop, scripts, port))
        shop.open()
        environment["SHOP_URL"] = f"http://127.0.0.1:{shop.port}"
        if name == "sessions":
            environment["SHOP_KEY"] = shop.run("keys", "add", "pages", "--role", "anonymous").split()[0]
        code = subprocess.run([NODE, "--test-reporter=spec", f"{name}.mjs"], cwd=scripts, env=environment, stdin=subprocess.DEVNULL,
                              check=False, timeout=SECONDS_MAX).returncode
        left = shop.close()
        if left != 0:
            print(f"✗ the server left with {left}:\n{shop.said()}")
        return 1 if code or left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
