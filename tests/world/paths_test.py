"""Spellings of a path, and fields that pretend to be one: each path has one spelling, and what chooses an answer is what the answer depends on."""
import unittest

from raw import heard, small, statuses

TABLE = "/rest/v1/rows"
ONE = b'[{"id":1}]'
CONFIG = """tables:
  rows: {roles: {anonymous: [read, delete]}}
endpoints:
  "GET /row/{id}": rows?id=eq.{id}&select=id
api: {cors: ["https://shop.example"]}
"""
# Not found, or not understood; never the rows, and never a file.
NOT_THE_TABLE = [
    "/rest/v1/%2e%2e/rows", "/rest/v1/../v1/rows", "/rest/v1/./rows", "/rest/v1//rows", "//rest/v1/rows", "/rest//v1/rows", "/rest/v1/%252e%252e/rows", "/rest/v1/rows/",
    "/rest/v1/rows/.", "/rest/v1/rows/..", "/rest/v1/rows.", "/rest/v1/rows%2e", "/rest/v1/rows;x", "/rest/v1/rows;x=y", "/rest/v1/rows%3bx", "/rest/v1;x/rows", "/rest/v1/rows%00", "/rest/v1/rows%00.css",
    "/rest/v1/rows%2f", "/rest/v1%2frows", "/rest/v1/a%2frows", "/rest%2fv1%2frows", "/rest/v1/rows%5c", "/rest/v1/%5crows", "/rest/v1\\rows", "/rest/v1/rows\\", "/rest/v1/rows%0a", "/rest/v1/rows%0d%0aX:%20y",
    "/rest/v1/rows.css", "/rest/v1/rows/x.css", "/rest/v1/rows.json", "/rest/v1/rows%23", "/rest/v1/rows%3f", "/rest/v1/rows%20", "/rest/v1/%20rows", "/rest/v1/ROWS%2e", "/REST/v1/rows", "/rest/V1/rows",
    "/rest/v1/%c0%ae%c0%ae/rows", "/rest/v1/%e0%80%af", "/rest/v1/rows%c0%af", "/rest/v1/%ff", "/rest/v1/\xffrows", "/rest/v1/%", "/rest/v1/%zz", "/rest/v1/rows%", "/rest/v1/rows%2", "/rest/v1/%ef%bb%bfrows",
    "/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", "/..%5c..%5cwindows", "/etc/passwd", "/.git/config", "/aljibe.yaml", "/shop.db", "/admin/v1/cache", "/admin/v1/cache/flush",
    "/metrics/", "/metrics.css", "/openapi.json/", "/health/live/", "/health//live", "/docs/", "/docs/x", "/row/1/", "/row/1;x", "/row//1", "/row/1%00", "/row/1.css", "/row/", "/row/%2e%2e",
]
# The other spellings of the same bytes are the same resource.
THE_TABLE = ["/rest/v1/rows", "/rest/v1/r%6fws", "/rest/v1/%72%6f%77%73"]


def get(target, fields=""):
    return f"GET {target} HTTP/1.1\r\nHost: shop\r\n{fields}Connection: close\r\n\r\n".encode("latin-1")


class Paths(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = small("paths", CONFIG).open()
        cls.addClassCleanup(cls.shop.close)

    def ask(self, target, fields=""):
        received, _ = heard(self.shop.port, get(target, fields))
        head, _, body = received.partition(b"\r\n\r\n")
        return statuses(received), head.decode("latin-1"), body

    def test_nothing_but_its_own_spelling_is_the_table(self):
        for target in NOT_THE_TABLE:
            with self.subTest(target):
                status, head, body = self.ask(target)
                self.assertIn(status, ([404], [400]))
                self.assertNotIn(b'"id"', body)
                self.assertNotIn("ETag", head)
                body.decode("utf-8")

    def test_escapes_that_need_not_be_are_the_same_bytes(self):
        for target in THE_TABLE:
            self.assertEqual(self.ask(target + "?select=id&id=eq.1")[2], ONE, target)

    def test_no_method_is_overridden(self):
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
            self.assertEqual(self.ask(TABLE + "?select=id&id=eq.1", f"{name}: DELETE\r\n")[2], ONE)
            self.assertEqual(heard(self.shop.port, f"POST {TABLE}?id=eq.1 HTTP/1.1\r\nHost: shop\r\n{name}: GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())[0][9:12], b"401")
        self.assertEqual(self.shop.sql("select count(*) as n from rows"), [{"n": 3}])

    def test_fields_that_choose_nothing_change_nothing(self):
        target = TABLE + "?select=id&order=id&limit=1"
        plain = self.ask(target)
        etag = [line for line in plain[1].splitlines() if line.startswith("ETag")]
        for field in ("X-Forwarded-Host: evil.example", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil", "Forwarded: for=1.2.3.4;host=evil.example", "X-Original-URL: /rest/v1/rows?id=eq.2",
                      "X-Rewrite-URL: /metrics", "X-Host: evil", "Cookie: session=1", "Origin: https://evil.example", "Referer: https://evil.example", "User-Agent: evil", "Accept-Language: de",
                      "X-Real-IP: 1.2.3.4", "Content-Type: text/css", "X-Forwarded-Scheme: https", "Via: 1.1 evil"):
            with self.subTest(field):
                status, head, body = self.ask(target, field + "\r\n")
                self.assertEqual((status, body), (plain[0], plain[2]))
                self.assertEqual([line for line in head.splitlines() if line.startswith("ETag")], etag)
                self.assertIn("Cache-Status: aljibe; hit", head, "and it is the same entry")
                self.assertNotIn("evil", head)
                self.assertNotIn("Strict-Transport-Security", head)

    def test_the_host_is_written_nowhere(self):
        for target in (TABLE + "?limit=1", "/", "/openapi.json", "/nonesuch"):
            received, _ = heard(self.shop.port, f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
            self.assertNotIn(b"evil", received, target)

    def test_an_origin_that_is_allowed_is_told_and_others_are_not(self):
        target = TABLE + "?select=id&id=eq.1"
        _, head, _ = self.ask(target, "Origin: https://shop.example\r\n")
        self.assertIn("Access-Control-Allow-Origin: https://shop.example\r\n", head)
        self.assertIn("Vary: Origin\r\n", head)
        for origin in ("https://shop.example.evil.example", "https://evil.example", "null", "http://shop.example", "https://shop.example:444", "https://SHOP.example"):
            _, head, _ = self.ask(target, f"Origin: {origin}\r\n")
            self.assertNotIn("Access-Control-Allow-Origin", head, origin)
            self.assertIn("Vary: Origin\r\n", head)
        self.assertIn("Vary: Origin\r\n", self.ask(target)[1], "a cache must not hand this to a page")
        for origin in ("", "Origin: https://shop.example\r\n", "Origin: https://evil.example\r\n"):
            self.assertNotIn("Access-Control-Allow-Credentials", self.ask(target, origin)[1])

    def test_only_what_is_meant_to_be_kept_may_be_kept(self):
        for target in ("/rest/v1/nonesuch", "/nonesuch", TABLE + "?id=eq.x", TABLE + "?nonesuch=eq.1"):
            self.assertIn("Cache-Control: no-store", self.ask(target)[1], target)
        self.assertIn("Cache-Control: no-cache", self.ask(TABLE + "?limit=1")[1])


if __name__ == "__main__":
    unittest.main()
