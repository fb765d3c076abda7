"""What the server does to those who ask too much, too slowly or too long, and what it writes down about them."""
import re
import signal
import socket
import time
import unittest

from raw import heard, small, statuses
from shop import free_port

SLOW = """create table rows(id integer primary key, name text not null);
insert into rows values (1, 'one'), (2, 'two');
create view endless as with recursive n(x) as (select 1 union all select x + 1 from n) select x as id from n where x < 0;
create view product as with recursive n(x) as (select 1 union all select x + 1 from n where x < 3000) select a.x as id, b.x as other from n a, n b, n c where a.x + b.x + c.x < 0;
create view sorted as with recursive n(x) as (select 1 union all select x + 1 from n where x < 100000000) select (x * 7919) % 1000003 as id from n order by 1;
create view texts as with recursive n(x) as (select 1 union all select x + 1 from n where x < 1000000000) select x as id, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' || x as name from n;
"""


class Deadlines(unittest.TestCase):
    """A statement that would take for ever ends with the request's time, and its thread serves others again."""

    def test_a_long_read_ends_with_504_in_time(self):
        timeout = 0.5
        with small("deadlines", "limits: {request_timeout: 500 ms}\napi: {aggregates: on}\n", SLOW).open() as shop:
            for target in ("/rest/v1/endless", "/rest/v1/endless?limit=1", "/rest/v1/endless?select=count()", "/rest/v1/product", "/rest/v1/sorted?limit=1", "/rest/v1/texts?name=match.(a|aa)*b", "/rest/v1/texts?name=like.*b*",
                           "/rest/v1/texts?select=id.sum()", "/rest/v1/rows?select=id"):
                with self.subTest(target):
                    began = time.monotonic()
                    answer = shop.request("GET", target, {"Prefer": "count=exact"})
                    self.assertEqual(answer.status, 200 if "/rows" in target else 504)
                    self.assertLess(time.monotonic() - began, 4 * timeout)
            # More of them than there are threads: those that wait for one end in time too.
            began = time.monotonic()
            peers = [socket.create_connection(("127.0.0.1", shop.port), timeout=20) for _ in range(12)]
            for number, peer in enumerate(peers):
                peer.sendall(f"GET /rest/v1/endless?id=lt.{number} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".encode())
            for peer in peers:
                self.assertEqual(peer.recv(65536)[9:12], b"504")
                peer.close()
            self.assertLess(time.monotonic() - began, 6 * timeout)


class Rates(unittest.TestCase):
    def test_an_address_that_asks_too_much_hears_429_and_when_to_come_again(self):
        with small("rates", "limits: {rate_per_address: 5, rate_window: 1 h}\nlisten: {trusted_proxies: [127.0.0.0/8]}\n").open() as shop:
            def ask(client):
                return shop.get("/rest/v1/rows?select=id", X_Forwarded_For=client)
            first = ask("192.0.2.1")
            self.assertEqual((first.status, first.header("RateLimit-Policy")), (200, '"default";q=5;w=3600'))
            for _ in range(4):
                self.assertEqual(ask("192.0.2.1").status, 200)
            refused = ask("10.9.9.9, 192.0.2.1:4711")
            self.assertEqual(refused.status, 429)
            self.assertGreater(int(refused.header("Retry-After")), 600)
            self.assertRegex(refused.header("RateLimit"), r'^"default";r=0;t=\d+$')
            self.assertEqual(ask("192.0.2.2").status, 200, "another address has its own")
            for number in range(5):
                self.assertEqual(ask(f"[2001:db8::{number}]:80").status, 200)
            self.assertEqual(ask("2001:db8::99").status, 429, "a network of a household is one")
            self.assertRegex(shop.said(), r"event=audited status=429 detail=ALJ131 id=\w+ audit=refused client=192\.0\.2\.1 target=")

    def test_without_trusted_proxies_nobody_chooses_an_address(self):
        with small("rates_untrusted", "limits: {rate_per_address: 3, rate_window: 1 h}\n").open() as shop:
            seen = [shop.get("/rest/v1/rows", X_Forwarded_For=f"192.0.2.{number}").status for number in range(10)]
            self.assertIn(429, seen)


class Connections(unittest.TestCase):
    LIMITS = "limits: {connections_per_address_max: 20, requests_per_connection_max: 5, head_timeout: 500 ms, body_grace: 500 ms, write_timeout: 1 s, idle_timeout: 1 s}\n"

    @classmethod
    def setUpClass(cls):
        cls.shop = small("connections", cls.LIMITS).open()
        cls.addClassCleanup(cls.shop.close)

    def test_a_connection_ends_with_its_last_request(self):
        received, is_closed = heard(self.shop.port, b"GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n" * 9)
        self.assertEqual(statuses(received), [200] * 5)
        self.assertTrue(is_closed)

    def test_slow_heads_and_bodies_hear_408(self):
        for sent in (b"GET / HTTP/1.1\r\nHost: sh", b"POST /rest/v1/rows HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\nabc"):
            received, is_closed = heard(self.shop.port, sent)
            self.assertEqual(statuses(received), [408])
            self.assertTrue(is_closed)

    def test_one_address_has_so_many_connections(self):
        peers = [socket.create_connection(("127.0.0.1", self.shop.port), timeout=20) for _ in range(20)]
        try:
            for peer in peers:
                peer.sendall(b"GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n")
                self.assertTrue(peer.recv(65536).startswith(b"HTTP/1.1 200"))
            self.assertEqual(heard(self.shop.port, b"")[0][9:12], b"429")
        finally:
            for peer in peers:
                peer.close()


class Written(unittest.TestCase):
    """The log: what an operator must find in it, and what nobody may put there."""

    def test_what_is_refused_and_done_is_audited(self):
        port = free_port()
        config = f"admin: {{port: {port}}}\ntables: {{rows: {{roles: {{anonymous: []}}}}}}\n"
        with small("audited", config).open() as shop:
            self.assertEqual(shop.get("/rest/v1/rows?select=id", X_Request_Id="mine").status, 401)
            self.assertEqual(statuses(heard(port, b"POST /admin/v1/cache/flush HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")[0]), [200])
            self.assertEqual(statuses(heard(port, b"POST /admin/v1/cache/flush HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")[0]), [401])
            shop.server.send_signal(signal.SIGHUP)
            until = time.monotonic() + 20
            while "config_reloaded" not in shop.said() and time.monotonic() < until:
                time.sleep(0.02)
            said = shop.said()
            self.assertRegex(said, r"event=audited status=401 detail=42501 id=mine audit=refused client=127\.0\.0\.1 target=")
            self.assertRegex(said, r"event=audited status=200 audit=cache_flushed client=127\.0\.0\.1 target=/admin/v1/cache/flush")
            self.assertRegex(said, r"event=audited status=401 detail=42501 audit=refused client=127\.0\.0\.1 target=/admin/v1/cache/flush")
            self.assertRegex(said, r"event=config_reloaded audit=config_reloaded")

    def test_nobody_forges_a_line(self):
        with small("forged", "tables: {rows: {roles: {anonymous: []}}}\n").open() as shop:
            evil = "%0d%0atime=2026 level=error event=forged".replace(" ", "%20")
            for target in (f"/rest/v1/rows?a={evil}", "/rest/v1/rows?a=\x9b31m\xe2\x80\xae", '/rest/v1/rows?a="\\'):
                heard(shop.port, f"GET {target} HTTP/1.1\r\nHost: shop\r\nX-Request-Id: a%0ab\xe2\x80\xae\r\nUser-Agent: \x9b31m\r\nConnection: close\r\n\r\n".encode("latin-1"))
            lines = (shop.folder / "serve.log").read_bytes().split(b"\n")
            self.assertGreater(len([line for line in lines if b"audit=refused" in line]), 2)
            for line in lines:
                if line.startswith(b"time="):
                    self.assertRegex(line, rb"^[ -~]*$")
                    self.assertNotIn(b" event=forged", re.sub(rb'"(\\.|[^"\\])*"', b"", line))

    def test_a_flood_of_refusals_does_not_fill_the_disk(self):
        with small("flood", "tables: {rows: {roles: {anonymous: []}}}\n").open() as shop:
            ask = b"GET /rest/v1/rows HTTP/1.1\r\nHost: shop\r\n\r\n"
            for _ in range(10):
                heard(shop.port, ask * 99 + ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            self.assertLessEqual(shop.said().count("audit=refused"), 600)


if __name__ == "__main__":
    unittest.main()
