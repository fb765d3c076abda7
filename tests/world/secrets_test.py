"""Secrets are planted wherever a secret can stand; then everything that the program wrote anywhere is searched for them.

A mark that is found names the place where it was planted. What a client sent in the clear part of a request may come back to that client; so
the answers are searched for the marks of the configuration and of credentials, the log for all of them.
"""
import base64
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

from raw import heard, small
from shop import PROGRAM, free_port

TOKEN = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"MARKclaim","role":"reader"}', b"MARKsignature-of-a-token"))
CREDENTIALS = {
    "Authorization": f"Bearer {TOKEN}", "apikey": "MARKapikey", "Cookie": "session=MARKcookie", "Proxy-Authorization": "Basic MARKproxy",
    "X-Api-Key": "MARKxapikey",
}
IN_TARGETS = {"token": "MARKquerytoken", "access_token": TOKEN, "apikey": "MARKqueryapikey", "password": "MARKquerypassword", "api%5Fkey": "MARKqueryescaped"}


def config(redis_port, admin_port):
    return f"""redis: {{url: "${{env:REDIS_URL}}", secret: "${{file:secret.txt}}", keep: 1 h}}
admin: {{port: {admin_port}}}
tables: {{rows: {{roles: {{anonymous: [read, insert]}}}}, hidden: {{roles: {{anonymous: []}}}}}}
endpoints: {{"GET /row/{{id}}": "rows?id=eq.{{id}}"}}
"""


ACCOUNTS = """\
auth:
  built_in: {mail: {smtp: "${env:SMTP_URL}", from: shop@example.org}}
  secret: "${env:JWT_SECRET}"
tables: {rows: {roles: {anonymous: [], authenticated: [read], machine: [read]}}}
"""

# The configuration is broken near a secret, in the file itself too, where a person has put it against all advice.
BROKEN = [
    "redis: {url: 'http://MARKuser:MARKpassword@127.0.0.1:1'}\n",
    "redis: {url: 'redis://MARKuser:MARKpassword@[::1'}\n",
    "redis: {url: 'redis://u:MARKpassword@127.0.0.1:notaport'}\n",
    "redis: {url: 'redis://127.0.0.1:1', secret: [MARKone, MARKtwo]}\n",
    "redis: {url: 'redis://127.0.0.1:1', secret: {a: MARKinner}}\n",
    "redis: {url: '${env:REDIS_URL}', keep: '${env:REDIS_URL}'}\n",
    "listen: {port: '${env:REDIS_URL}'}\n",
    "listen: {port: '${file:secret.txt}'}\n",
    "limits: {idle_timeout: '${env:REDIS_URL}'}\n",
    "tables: {rows: {cache: '${file:secret.txt}'}}\n",
    "database: '${env:REDIS_URL}'\n",
    "auth: {secret: {key: MARKshort}}\n",
    "auth: {secret: '${env:REDIS_URL}', nothing: 1}\n",
    "auth: {firebase: {project: shop, api_key: MARKapikey, emulator: '192.0.2.1:9099'}}\n",
    "auth: {built_in: {mail: {smtp: 'MARKuser:MARKpassword@nowhere', from: a@example.org}}}\n",
]


def ask_text(method, target, body, fields):
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return (head + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n" + body).encode()


def files_below(folder):
    return [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.environment = dict(os.environ)
        cls.admin_port, cls.redis_port = free_port(), free_port()
        os.environ["REDIS_URL"] = f"redis://MARKredisuser:MARKredispassword@127.0.0.1:{cls.redis_port}"
        cls.addClassCleanup(lambda: (os.environ.clear(), os.environ.update(cls.environment)))
        cls.shop = small("secrets", config(cls.redis_port, cls.admin_port),
                         "create table rows(id integer primary key, name text not null check (length(name) < 9)); create table hidden(id integer); insert into rows values (1, 'one');")
        (cls.shop.folder / "secret.txt").write_text("MARKfilesecret" + "0" * 40)
        cls.answers = b""

    def refuse_marks(self, written, where, marks=(b"MARK", TOKEN.encode(), TOKEN.split(".")[2].encode())):
        for mark in marks:
            at = written.find(mark)
            self.assertEqual(at, -1, f"{where} tells a secret: {written[max(at - 100, 0):at + 100]!r}")

    def ask(self, port, method, target, fields=None, body=b""):
        answer = heard(port, ask_text(method, target, body.decode(), fields or {}))[0]
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), target)
        self.refuse_marks(answer, f"the answer to {method} {target[:60]}")
        return answer

    def provoke(self):
        """Errors of every kind, each with credentials that are none."""
        port = self.shop.port
        targets = ["/rest/v1/rows", "/rest/v1/rows?limit=1", "/rest/v1/hidden", "/rest/v1/nonesuch", "/nonesuch", "/row/1", "/row/x", "/", "/openapi.json", "/docs", "/metrics", "/health/ready", "/health/live",
                   "/rest/v1/rows?id=eq.x", "/rest/v1/rows?select=nothing", "/rest/v1/rows?and=((", "/rest/v1/rpc/f", "/admin/v1/cache", "/auth/v1/me", "/auth/v1/sign-in"]
        for target in targets:
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW"):
                self.ask(port, method, target, CREDENTIALS)
            for name, value in IN_TARGETS.items():
                heard(port, f"GET {target}{'&' if '?' in target else '?'}{name}={value} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        for body in (b"{", b'{"id":"x"}', b'{"id":1,"name":"a"}', b'{"name":"far too long a name"}', b'{"nothing":1}', b"[]"):
            self.ask(port, "POST", "/rest/v1/rows", CREDENTIALS | {"Content-Type": "application/json"}, body)
        for target in ("/auth/v1/sign-in", "/auth/v1/sign-up", "/auth/v1/refresh", "/auth/v1/password-reset", "/v1/accounts:signInWithPassword?key=MARKwebkey"):
            self.ask(port, "POST", target, {"Content-Type": "application/json"},
                     json.dumps({"email": "a@example.org", "password": "MARKsentpassword", "refresh_token": "MARKsentrefresh", "refreshToken": "MARKsentrefresh", "token": "MARKsenttoken"}).encode())
        for broken in (f"GET / HTTP/1.1\r\nAuthorization: {TOKEN}\r\n\r\n", f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization : {TOKEN}\r\n\r\n", f"GET /{TOKEN} HTTP/9.9\r\n\r\n",
                       f"GET / HTTP/1.1\r\nHost: MARKhost@a\r\n\r\n", f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {'MARK' * 5000}\r\n\r\n"):
            self.refuse_marks(heard(port, broken.encode())[0], "the refusal of a broken request")
        admin = self.admin_port
        for method, target in (("GET", "/admin/v1/cache"), ("GET", "/admin/v1/cache/explain?url=%2Frest%2Fv1%2Frows"), ("GET", "/admin/v1/cache/explain"), ("POST", "/admin/v1/cache/flush"), ("GET", "/admin/v1/config"),
                               ("GET", "/metrics")):
            self.ask(admin, method, target, CREDENTIALS)

    def check_written(self):
        for path in files_below(self.shop.folder):
            if path.name not in ("secret.txt", "redis.conf"):
                self.refuse_marks(path.read_bytes(), str(path))

    def test_serving(self):
        with self.shop.open() as shop:
            limits = pathlib.Path(f"/proc/{shop.server.pid}/limits").read_text()
            self.assertRegex(limits, r"Max core file size +0 +0 ")
            if os.geteuid() != 0:
                self.assertEqual(os.stat(f"/proc/{shop.server.pid}/environ").st_uid, 0, "who is not dumpable is nobody's to look into")
            self.provoke()
            # Redis is there now, and refuses the password.
            (shop.folder / "redis.conf").write_text(f"port {self.redis_port}\nbind 127.0.0.1\nsave ''\nrequirepass other\n")
            redis = subprocess.Popen(["redis-server", "redis.conf"], cwd=shop.folder, stdout=subprocess.DEVNULL)
            try:
                until = time.monotonic() + 20
                while "WRONGPASS" not in shop.said() and time.monotonic() < until:
                    time.sleep(0.05)
                self.provoke()
            finally:
                redis.terminate()
                redis.wait()
            shop.server.send_signal(signal.SIGHUP)
            self.ask(shop.port, "GET", "/health/live")
            shop.server.send_signal(signal.SIGSEGV)
            self.assertNotEqual(shop.server.wait(timeout=30), 0)
            self.assertEqual([path for path in files_below(shop.folder) if path.name.startswith("core")], [])
            self.check_written()

    def test_accounts(self):
        """What people and machines show to say who they are; the tokens that they get stand in their own answers and nowhere else."""
        os.environ["JWT_SECRET"] = "MARKjwtsecret" + "0" * 40
        os.environ["SMTP_URL"] = "smtp://MARKmailuser:MARKmailpassword@127.0.0.1:1"
        shop = small("secrets_accounts", ACCOUNTS, "create table rows(id integer primary key); insert into rows values (1);")
        key = shop.run("keys", "add", "nightly", "--role", "machine").split()[0]
        marks = [b"MARK", key.split("_")[2].encode()]
        with shop.open():
            port, body = shop.port, {"email": "ann@example.org", "password": "MARKpassword-of-ann"}

            def post(path, members, **fields):
                return heard(port, ask_text("POST", path, json.dumps(members), {"Content-Type": "application/json"} | fields))[0]

            post("/auth/v1/sign-up", body)
            for wrong in ({"password": "MARKwrong-password"}, {"email": "MARK@example.org"}, {"email": 1}):
                self.refuse_marks(post("/auth/v1/sign-in", body | wrong), "a refused sign-in", (b"MARK",))
            session = json.loads(post("/auth/v1/sign-in", body).split(b"\r\n\r\n", 1)[1])
            bearer = {"Authorization": f"Bearer {session['access_token']}"}
            post("/auth/v1/refresh", {"refresh_token": session["refresh_token"]})
            post("/auth/v1/refresh", {"refresh_token": session["refresh_token"]})  # again: somebody else has it
            post("/auth/v1/password-reset", {"email": "ann@example.org"})
            for fields in (bearer, {"apikey": key}, {"Authorization": f"Bearer {key}"}, {"Authorization": f"Bearer {TOKEN}"}):
                for target in ("/rest/v1/rows", "/rest/v1/rows?select=x", "/auth/v1/me", "/openapi.json", "/metrics"):
                    self.refuse_marks(heard(port, ask_text("GET", target, "", fields))[0], target, marks)
            heard(port, ask_text("GET", f"/rest/v1/rows?token={session['access_token']}&apikey={key}", "", {}))
            marks += [token.encode() for name in ("access_token", "refresh_token") for token in session[name].split(".")[-1:]]
        for path in files_below(shop.folder):
            self.refuse_marks(path.read_bytes(), str(path), marks)

    def test_a_broken_configuration(self):
        shop = small("secrets_broken")
        (shop.folder / "secret.txt").write_text("MARKfilesecret" + "0" * 40)
        for text in BROKEN:
            (shop.folder / "aljibe.yaml").write_text("database: sqlite:shop.db\n" + text if not text.startswith("database") else text)
            for arguments in (["check"], ["serve", "--port", "0"], ["plan"]):
                with self.subTest(text, arguments=arguments):
                    done = subprocess.run([PROGRAM, *arguments], cwd=shop.folder, capture_output=True, check=False, timeout=30)
                    self.assertNotEqual(done.returncode, 0)
                    self.refuse_marks(done.stdout + done.stderr, "what was printed")


if __name__ == "__main__":
    unittest.main()
