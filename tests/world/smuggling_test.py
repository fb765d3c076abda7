"""Bytes in which one parser may see one request and another two: refused, the connection closed, and nothing behind them answered.

Each attack is followed on its connection by an honest request; a second answer would be the hole.
"""
import socket
import unittest

from raw import heard, small, statuses

HOST = b"Host: shop\r\n"
BEHIND = b"GET /rest/v1/rows?select=id&id=eq.2 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LINE = b"POST /rest/v1/rows HTTP/1.1\r\n"


def post(fields, body=b""):
    return LINE + HOST + fields + b"\r\n" + body


def get(line, fields=b""):
    return line + b"\r\n" + fields + b"\r\n"


def chunks(body):
    return post(CHUNKED, body)


REFUSED = [
    # two lengths
    ("length and encoding", post(b"Content-Length: 5\r\n" + CHUNKED, b"0\r\n\r\n"), 400),
    ("encoding and length", post(CHUNKED + b"Content-Length: 5\r\n", b"0\r\n\r\n"), 400),
    ("two equal lengths", post(b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}"), 400),
    ("two lengths", post(b"Content-Length: 2\r\nContent-Length: 40\r\n", b"{}"), 400),
    *[(f"length {value}", post(b"Content-Length: " + value + b"\r\n", b"{}"), 400)
      for value in (b"+2", b"2, 2", b"2,2", b"2 2", b"0x2", b"-2", b"", b"2;", b"2.0", b"\xef\xbc\x92", b"2\t2", b"\"2\"")],
    ("a huge length", post(b"Content-Length: 18446744073709551618\r\n", b"{}"), 413),
    ("a length of a thousand digits", post(b"Content-Length: " + b"9" * 1000 + b"\r\n", b"{}"), 413),
    ("a blank before the colon of a length", post(b"Content-Length : 2\r\n", b"{}"), 400),
    ("a tab before the colon of a length", post(b"Content-Length\t: 2\r\n", b"{}"), 400),
    # encodings
    ("identity behind chunked", post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), 501),
    ("gzip before chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501),
    ("chunked twice in one field", post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), 501),
    ("chunked twice", post(CHUNKED + CHUNKED, b"0\r\n\r\n"), 400),
    ("xchunked", post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"), 501),
    ("chunked in quotes", post(b"Transfer-Encoding: \"chunked\"\r\n", b"0\r\n\r\n"), 501),
    ("chunked with a parameter", post(b"Transfer-Encoding: chunked;x=y\r\n", b"0\r\n\r\n"), 501),
    ("no encoding", post(b"Transfer-Encoding:\r\n", b"0\r\n\r\n"), 501),
    ("identity", post(b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n"), 501),
    ("chunked and a vertical tab", post(b"Transfer-Encoding: Chunked\x0b\r\n", b"0\r\n\r\n"), 400),
    ("a vertical tab and chunked", post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"), 400),
    ("chunked behind a folded line", post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"), 501),
    ("an encoding with a blank before its colon", post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), 400),
    ("an encoding in HTTP/1.0", b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n", 400),
    ("an underscore is no dash", post(b"Transfer_Encoding: chunked\r\nContent-Length: 2\r\nContent-Length: 3\r\n", b"{}"), 400),
    # chunks
    *[(f"chunk {value[:20]}", chunks(value + b"\r\n{}\r\n0\r\n\r\n"), 400)
      for value in (b"0x2", b"-2", b"+2", b" 2", b"2 ", b"2,", b"g", b"", b"2\t", b"2;" + b"a" * 1000, b"2;a=\"", b"2;\n", b"2;a\nb", b"2\x00", b"10000000000000002", b"8000000000000002")],
    ("a chunk past every limit", chunks(b"fffffffffffffff\r\n"), 413),
    ("a bare line feed behind a chunk's size", chunks(b"2\n{}\r\n0\r\n\r\n"), 400),
    ("a bare carriage return behind a chunk's size", chunks(b"2\r{}\r\n0\r\n\r\n"), 400),
    ("no line break behind a chunk", chunks(b"2\r\n{}0\r\n\r\n"), 400),
    ("a bare line feed behind a chunk", chunks(b"2\r\n{}\n0\r\n\r\n"), 400),
    ("a longer chunk than announced", chunks(b"2\r\n{}{}\r\n0\r\n\r\n"), 400),
    ("a bare line feed behind the last chunk", chunks(b"0\n\n"), 400),
    *[(f"trailer {name}", chunks(b"2\r\n{}\r\n0\r\n" + name + b": 5\r\n\r\n"), 400)
      for name in (b"Content-Length", b"Transfer-Encoding", b"Host", b"Connection", b"Authorization", b"X Y", b"X ")],
    ("a folded trailer", chunks(b"0\r\nA: b\r\n c\r\n\r\n"), 400),
    # lines
    ("bare line feeds", b"GET / HTTP/1.1\nHost: shop\n\n", 400),
    ("one bare line feed", b"GET / HTTP/1.1\r\nHost: shop\nA: b\r\n\r\n", 400),
    ("a bare carriage return", b"GET / HTTP/1.1\r\nHost: shop\r\nA: b\rC: d\r\n\r\n", 400),
    ("a folded line", b"GET / HTTP/1.1\r\nHost: shop\r\nA: b\r\n c\r\n\r\n", 400),
    ("a first line that is folded", b"GET / HTTP/1.1\r\n Host: shop\r\n\r\n", 400),
    ("a NUL in a value", get(b"GET / HTTP/1.1", HOST + b"A: b\x00c\r\n"), 400),
    ("a NUL in a name", get(b"GET / HTTP/1.1", HOST + b"A\x00: b\r\n"), 400),
    ("a control character in a value", get(b"GET / HTTP/1.1", HOST + b"A: b\x08c\r\n"), 400),
    ("an escape in a value", get(b"GET / HTTP/1.1", HOST + b"A: \x1b[31m\r\n"), 400),
    ("a DEL in a value", get(b"GET / HTTP/1.1", HOST + b"A: b\x7f\r\n"), 400),
    ("no name", get(b"GET / HTTP/1.1", HOST + b": b\r\n"), 400),
    ("no colon", get(b"GET / HTTP/1.1", HOST + b"nothing\r\n"), 400),
    ("a name with a blank", get(b"GET / HTTP/1.1", HOST + b"A b: c\r\n"), 400),
    ("a name that is not ASCII", get(b"GET / HTTP/1.1", HOST + b"\xc3\xb1: c\r\n"), 400),
    ("an empty line first", b"\r\n" + get(b"GET / HTTP/1.1", HOST), 400),
    ("a line feed first", b"\n" + get(b"GET / HTTP/1.1", HOST), 400),
    ("a blank first", b" " + get(b"GET / HTTP/1.1", HOST), 400),
    # hosts
    ("no host", get(b"GET / HTTP/1.1"), 400),
    ("two hosts", get(b"GET / HTTP/1.1", HOST + HOST), 400),
    ("two different hosts", get(b"GET / HTTP/1.1", HOST + b"Host: other\r\n"), 400),
    *[(f"host {value}", get(b"GET / HTTP/1.1", b"Host: " + value + b"\r\n"), 400)
      for value in (b"a b", b"a/b", b"a@b", b"a, b", b"a:b", b"a:", b"[::1", b"::1", b"a?b", b"a#b", b"a\\b", b"http://a", b"\xc3\xb1", b"a;b", b"<a>")],
    ("an absolute target of another host", get(b"GET http://other/ HTTP/1.1", HOST), 400),
    ("an absolute target of another port", get(b"GET http://shop:81/ HTTP/1.1", HOST), 400),
    ("an absolute target with a name", get(b"GET http://me@shop/ HTTP/1.1", HOST), 400),
    ("an absolute target of another scheme", get(b"GET file:///etc/passwd HTTP/1.1", HOST), 400),
    # request lines
    ("HTTP/0.9", b"GET /\r\n", 400),
    ("HTTP/0.9 by name", get(b"GET / HTTP/0.9", HOST), 505),
    ("HTTP/2.0", get(b"GET / HTTP/2.0", HOST), 505),
    ("HTTP/1.9", get(b"GET / HTTP/1.9", HOST), 505),
    ("HTTP/1.2", get(b"GET / HTTP/1.2", HOST), 505),
    ("HTTP/1.10", get(b"GET / HTTP/1.10", HOST), 400),
    ("HTTP/1.1 in small letters", get(b"GET / http/1.1", HOST), 400),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("two blanks", get(b"GET  / HTTP/1.1", HOST), 400),
    ("a tab", get(b"GET\t/ HTTP/1.1", HOST), 400),
    ("a blank behind the version", get(b"GET / HTTP/1.1 ", HOST), 400),
    ("a blank in the target", get(b"GET /a b HTTP/1.1", HOST), 400),
    ("a control character in the target", get(b"GET /a\x01 HTTP/1.1", HOST), 400),
    ("a fragment", get(b"GET /a#b HTTP/1.1", HOST), 400),
    ("a method with a colon", get(b"GE:T / HTTP/1.1", HOST), 400),
    ("CONNECT", get(b"CONNECT shop:80 HTTP/1.1", HOST), 501),
    ("a star that is no OPTIONS", get(b"GET * HTTP/1.1", HOST), 400),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    # expectations
    ("another expectation", post(b"Expect: 200-ok\r\nContent-Length: 2\r\n", b"{}"), 417),
    ("an expectation and more", post(b"Expect: 100-continue, x\r\nContent-Length: 2\r\n", b"{}"), 417),
    # sizes
    ("a long target", get(b"GET /" + b"a" * 70_000 + b" HTTP/1.1", HOST), 414),
    ("a long field", get(b"GET / HTTP/1.1", HOST + b"A: " + b"a" * 9_000 + b"\r\n"), 431),
    ("many fields", get(b"GET / HTTP/1.1", HOST + b"A: b\r\n" * 101), 431),
    ("a large head", get(b"GET / HTTP/1.1", HOST + (b"A: " + b"a" * 8_000 + b"\r\n") * 13), 431),
]

# Nothing here is ambiguous: each is answered, and what stands behind it too.
ANSWERED = [
    ("a body behind GET", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Content-Length: " + str(len(BEHIND)).encode() + b"\r\n\r\n" + BEHIND, [200, 200]),
    ("chunks behind GET", b"GET /health/live HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n5;a=\"b;c\"\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", [200, 200]),
    ("chunked in capitals", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", [200, 200]),
    ("a length with blanks around it", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Content-Length:  2\t\r\n\r\n{}", [200, 200]),
    ("HEAD has no body", b"HEAD /health/live HTTP/1.1\r\n" + HOST + b"\r\n", None),
    ("an upgrade is not taken up", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", [200, 200]),
    ("a websocket is not taken up", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", [200, 200]),
    ("100-continue", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", [200, 200]),
    ("an absolute target", b"GET http://shop/health/live HTTP/1.1\r\n" + HOST + b"\r\n", [200, 200]),
    ("another method by a header", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n\r\n", [200, 200]),
    ("HTTP/1.0 ends its connection", b"GET /health/live HTTP/1.0\r\n\r\n", [200]),
]


class Smuggling(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = small("smuggling", "tables: {rows: {roles: {anonymous: [read, insert, update, delete]}}}\n").open()

    @classmethod
    def tearDownClass(cls):
        said = cls.shop.said()
        if cls.shop.close() != 0:
            raise AssertionError(said)

    def test_what_is_ambiguous_is_refused_and_nothing_behind_it_is_answered(self):
        for title, sent, status in REFUSED:
            with self.subTest(title):
                received, is_closed = heard(self.shop.port, sent + BEHIND)
                self.assertEqual(statuses(received), [status])
                self.assertTrue(is_closed)
                self.assertIn(b"\r\nConnection: close\r\n", received)
        self.assertEqual(self.shop.sql("select count(*) as n from rows"), [{"n": 3}], "and nothing was changed")

    def test_what_came_before_is_answered_once(self):
        before = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
        for title, sent, status in REFUSED[:6]:
            with self.subTest(title):
                self.assertEqual(statuses(heard(self.shop.port, before + sent + BEHIND)[0]), [200, status])

    def test_byte_by_byte_it_is_the_same(self):
        for title, sent, status in REFUSED:
            if len(sent) < 300:
                with self.subTest(title):
                    self.assertEqual(statuses(slowly(self.shop.port, sent + BEHIND)), [status])

    def test_what_is_clear_is_answered_with_all_that_follows(self):
        for title, sent, wanted in ANSWERED:
            with self.subTest(title):
                received, is_closed = heard(self.shop.port, sent + BEHIND)
                self.assertTrue(is_closed)
                if wanted is None:
                    self.assertEqual(received.count(b"HTTP/1.1 200"), 2)
                else:
                    self.assertEqual([status for status in statuses(received) if status != 100], wanted)

    def test_an_upgrade_is_not_promised(self):
        for title, sent, _ in ANSWERED:
            self.assertNotIn(b"upgrade:", heard(self.shop.port, sent + BEHIND)[0].lower(), title)


def slowly(port, sent):
    """As heard(), each byte in a segment of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        try:
            for byte in sent:
                peer.sendall(bytes([byte]))
        except (ConnectionResetError, BrokenPipeError):
            pass
        try:
            while part := peer.recv(65536):
                received += part
        except ConnectionResetError:
            pass
        return received


if __name__ == "__main__":
    unittest.main()
