"""Accounts and keys from the command line, beside a server that runs: what is revoked there is refused by the next answer here."""
import json
import os
import sqlite3
import stat
import subprocess
import unittest

from shop import PROGRAM, Shop

SETTINGS = """\
database: sqlite:shop.db
auth: {built_in: {file: auth.db, tries: {free: 1000}}}
tables:
  products: {roles: {authenticated: [read], editor: [read], loader: [read]}}
  orders: {roles: {editor: [read]}}
"""
ANN = {"email": "ann@example.org", "password": "correct horse"}


class Accounts(unittest.TestCase):
    def setUp(self):
        self.shop = Shop("accounts")
        (self.shop.folder / "aljibe.yaml").write_text(SETTINGS, encoding="utf-8")
        with sqlite3.connect(self.shop.folder / "shop.db") as connection:
            connection.executescript("CREATE TABLE products(id INTEGER PRIMARY KEY); CREATE TABLE orders(id INTEGER PRIMARY KEY)")
        connection.close()
        self.shop.open()
        self.addCleanup(self.shop.close)

    def ask(self, path, body):
        return self.shop.request("POST", f"/auth/v1/{path}", {"Content-Type": "application/json"}, json.dumps(body))

    def status(self, token, table="products"):
        return self.shop.get(f"/rest/v1/{table}", Authorization=f"Bearer {token}").status

    def test_keys(self):
        token, sentence, audited = self.shop.run("keys", "add", "nightly", "--role", "loader", "--expires", "90d").splitlines()
        self.assertRegex(token, r"^alj_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$")
        self.assertIn("shown this once", sentence)
        self.assertRegex(audited, rf'event=audited detail={token.split("_")[1]} audit=key_added who="uid {os.getuid()}"$')
        self.assertEqual([self.status(token), self.status(token, "orders")], [200, 403])
        self.assertEqual(self.shop.get("/rest/v1/products", apikey=token).status, 200)
        listed = self.shop.run("keys", "list")
        self.assertIn("nightly  role loader", listed)
        self.assertNotIn(token.split("_", 2)[2], listed)
        key = token.split("_")[1]
        self.assertIn(f"detail={key} audit=key_revoked", self.shop.run("keys", "revoke", key))
        self.assertEqual(self.status(token), 401)
        self.assertIn("revoked", self.shop.run("keys", "list"))
        self.shop.run("keys", "revoke", key, code=6)
        self.shop.run("keys", "add", "nightly", code=2)
        self.shop.run("keys", "add", "nightly", "--role", "loader", "--expires", "soon", code=2)

    def test_users(self):
        token = self.ask("sign-up", ANN).json()["access_token"]
        self.assertEqual([self.status(token), self.status(token, "orders")], [200, 403])
        said = self.shop.run("users", "role", ANN["email"], "editor")
        self.assertIn("audit=user_role", said)
        self.assertNotIn(ANN["email"], next(line for line in said.splitlines() if "event=audited" in line))
        self.assertEqual(self.status(token), 401, "its role is no longer true")
        token = self.ask("sign-in", ANN).json()["access_token"]
        self.assertEqual(self.status(token, "orders"), 200)
        self.shop.run("users", "claims", ANN["email"], '{"tenant": "t7"}')
        self.shop.run("users", "claims", ANN["email"], '{"role": "admin"}', code=2)
        self.assertIn('ann@example.org  role editor · since', self.shop.run("users", "list"))
        for action, after in (("revoke", 200), ("disable", 403), ("enable", 200), ("remove", 401)):
            token = self.ask("sign-in", ANN).json().get("access_token", "")
            self.shop.run("users", action, ANN["email"])
            self.assertEqual(self.status(token), 401 if action != "enable" else self.status(token), action)
            self.assertEqual(self.ask("sign-in", ANN).status, after, action)
        self.shop.run("users", "disable", ANN["email"], code=6)

    def test_the_file_is_private_and_apart(self):
        self.ask("sign-up", ANN)
        for name in ("auth.db", "auth.db-wal", "auth.db-shm"):
            self.assertEqual(stat.S_IMODE((self.shop.folder / name).stat().st_mode), 0o600, name)
        for table in ("accounts", "api_keys", "signing_keys", "sessions"):
            self.assertEqual(self.shop.get(f"/rest/v1/{table}").status, 404)
        os.chmod(self.shop.folder / "auth.db", 0o644)
        said = subprocess.run([PROGRAM, "serve", "--port", "0"], cwd=self.shop.folder, capture_output=True, text=True, check=False, timeout=30)
        self.assertEqual(said.returncode, 5)
        self.assertIn("chmod 600", said.stderr)

    def test_no_secret_in_the_log(self):
        session = self.ask("sign-up", ANN).json()
        self.ask("sign-in", {**ANN, "password": "a planted guess"})
        self.ask("refresh", {"refresh_token": session["refresh_token"]})
        self.ask("refresh", {"refresh_token": session["refresh_token"]})
        said = self.shop.said()
        self.assertIn("audit=refresh", said)
        self.assertIn("detail=reused", said)
        self.assertIn(f'who="built-in {session["user"]["id"]}"', said)
        for secret in (ANN["password"], ANN["email"], "planted", session["refresh_token"], session["access_token"]):
            self.assertNotIn(secret, said)


if __name__ == "__main__":
    unittest.main()
