"""Messages over SMTP: to a server with TLS, whose certificate must be one of those that are trusted."""
import json
import re
import socketserver
import sqlite3
import ssl
import subprocess
import threading
import time
import unittest

from shop import Shop

SECONDS_MAX = 30


class Mailbox(socketserver.ThreadingTCPServer):
    """A server of SMTP over TLS that takes whatever comes (RFC 5321)."""
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, certificate, key):
        super().__init__(("127.0.0.1", 0), Conversation)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.messages, self.words = [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """Who does not trust the certificate hangs up."""

    def wait_for(self, number):
        until = time.monotonic() + SECONDS_MAX
        while len(self.messages) < number and time.monotonic() < until:
            time.sleep(0.02)
        return self.messages


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            self.server.words.append(line.strip().decode())
            if word == b"EHLO":
                self.say("250-here")
                self.say("250 AUTH PLAIN")
            elif word == b"AUTH":
                self.say("334 ")
                self.rfile.readline()
                self.say("235 welcome")
            elif word == b"DATA":
                self.say("354 go on")
                self.server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.say("250 taken")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 so be it")
        return None


def certificate(folder, name):
    """A certificate of 127.0.0.1, and its key."""
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


class Mail(unittest.TestCase):
    def open(self, name, trusted):
        shop = Shop(f"mail_{name}")
        paths = certificate(shop.folder, "server")
        certificate(shop.folder, "other")
        mailbox = Mailbox(*paths)
        self.addCleanup(mailbox.server_close)
        self.addCleanup(mailbox.shutdown)
        (shop.folder / "aljibe.yaml").write_text(f"""\
database: sqlite:shop.db
auth:
  built_in: {{verify_email: required, mail: {{smtp: "smtps://shop:secret@127.0.0.1:{mailbox.server_address[1]}", from: shop@example.org, ca: {trusted}.crt}}}}
""", encoding="utf-8")
        sqlite3.connect(shop.folder / "shop.db").close()
        shop.open()
        self.addCleanup(shop.close)
        return shop, mailbox

    @staticmethod
    def post(shop, path, **members):
        return shop.request("POST", f"/auth/v1/{path}", {"Content-Type": "application/json"}, json.dumps(members))

    def test_a_message_arrives_and_its_code_is_good_once(self):
        shop, mailbox = self.open("arrives", "server")
        who = {"email": "ann@example.org", "password": "correct horse"}
        self.assertEqual(self.post(shop, "sign-up", **who).status, 200)
        self.assertEqual(self.post(shop, "sign-in", **who).status, 403, "not before the address is verified")
        message = mailbox.wait_for(1)[0]
        self.assertIn("\r\nTo: ann@example.org\r\n", message)
        self.assertIn("RCPT TO:<ann@example.org>", mailbox.words)
        self.assertTrue(any(word.startswith("AUTH PLAIN") for word in mailbox.words))
        code = re.search(r"\r\n\r\n([A-Za-z0-9_-]{20,})\r\n", message)[1]
        self.assertEqual(self.post(shop, "verify-email", code=code).status, 200)
        self.assertEqual(self.post(shop, "verify-email", code=code).status, 400)
        self.assertEqual(self.post(shop, "sign-in", **who).status, 200)

    def test_a_server_that_is_not_trusted_hears_nothing(self):
        shop, mailbox = self.open("untrusted", "other")
        self.assertEqual(self.post(shop, "sign-up", email="ann@example.org", password="correct horse").status, 200)
        shop.close()
        self.assertIn("A message could not be handed over", shop.said(), "an operator hears of it")
        self.assertEqual([mailbox.messages, mailbox.words], [[], []])
        self.assertNotIn("secret", shop.said())


if __name__ == "__main__":
    unittest.main(verbosity=2)
