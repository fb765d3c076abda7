"""Start, stop, drain and reload, as an operator does them."""
import http.client
import re
import signal
import socket
import time
import unittest

from shop import Shop, free_port


class Lifecycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Shop("lifecycle").stock(rows=300)
        cls.products = cls.shop.table("product")

    def setUp(self):
        self.shop.open()
        self.addCleanup(self.shop.close)

    def eventually(self, what, seconds=20):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if what():
                return
            time.sleep(0.02)
        self.fail(f"never came true; the server said:\n{self.shop.said()}")

    def test_sigterm_ends_it_with_code_0(self):
        self.assertEqual(self.shop.get("/health/live").status, 200)
        self.assertEqual(self.shop.close(), 0)

    def test_sigterm_lets_a_begun_request_finish(self):
        peer = socket.create_connection(("127.0.0.1", self.shop.port), timeout=20)
        self.addCleanup(peer.close)
        peer.sendall(f"GET /rest/v1/{self.products}?limit=1 HTTP/1.1\r\nHost: shop\r\n".encode())
        self.eventually(lambda: self.shop.get("/health/live").status == 200)
        self.shop.server.send_signal(signal.SIGTERM)
        peer.sendall(b"\r\n")
        self.assertTrue(peer.recv(65536).startswith(b"HTTP/1.1 "))
        self.assertEqual(self.shop.server.wait(timeout=30), 0)

    def test_sighup_takes_a_new_configuration_without_dropping_a_connection(self):
        config = self.shop.folder / "aljibe.yaml"
        before = config.read_text()
        self.addCleanup(config.write_text, before)
        connection = http.client.HTTPConnection("127.0.0.1", self.shop.port, timeout=20)
        self.addCleanup(connection.close)

        def status():
            connection.request("GET", f"/rest/v1/{self.products}?limit=1")
            response = connection.getresponse()
            response.read()
            return response.status

        self.assertEqual(status(), 200)
        categories = self.shop.table("categor")
        rule = re.compile(rf"^  {self.products}:\n(?:    .*\n)+", re.MULTILINE)
        self.assertRegex(before, rule)
        config.write_text(rule.sub("", before, count=1))
        self.shop.server.send_signal(signal.SIGHUP)
        self.eventually(lambda: status() == 404)
        self.assertEqual(self.shop.get(f"/rest/v1/{categories}?limit=1").status, 200)

    def test_sighup_with_a_broken_configuration_keeps_the_old_one(self):
        config = self.shop.folder / "aljibe.yaml"
        before = config.read_text()
        self.addCleanup(config.write_text, before)
        config.write_text(before + "\nfreshnes: session\n")
        self.shop.server.send_signal(signal.SIGHUP)
        self.eventually(lambda: "freshnes" in self.shop.said())
        self.assertEqual(self.shop.get(f"/rest/v1/{self.products}?limit=1").status, 200)

    def test_a_taken_port_is_said_with_the_exit_code_of_the_system(self):
        said = self.shop.run("serve", "--listen", f"127.0.0.1:{self.shop.port}", code=5)
        self.assertIn(str(self.shop.port), said)

    def test_a_change_behind_its_back_shows_in_the_next_answer(self):
        target = f"/rest/v1/{self.products}?order=asin&limit=1&select=asin,price"
        asin = self.shop.get(target).json()[0]["asin"]
        self.assertIn("hit", self.shop.get(target).header("Cache-Status"))
        for price in (1.25, 2.5, 3.75):
            self.shop.sql(f"update {self.products} set price = ? where asin = ?", price, asin)
            self.assertEqual(self.shop.get(target).json(), [{"asin": asin, "price": price}])


class Explanations(unittest.TestCase):
    """aljibe cache explain, beside the aljibe that runs in the same folder."""

    def setUp(self):
        self.shop = Shop("explanations").stock(rows=50)
        self.config = self.shop.folder / "aljibe.yaml"
        self.target = f"/rest/v1/{self.shop.table('product')}?select=asin&limit=1"

    def explain(self, *target, code=0):
        return self.shop.run("cache", "explain", *(target or (self.target,)), code=code)

    def test_an_answer_is_explained_in_words(self):
        self.config.write_text(self.config.read_text() + f"\nadmin: {{port: {free_port()}}}\n")
        self.assertIn("ALJ122", self.explain(code=5))  # server_unreachable
        self.shop.open()
        self.addCleanup(self.shop.close)
        self.assertIn("unknown", self.explain())
        self.shop.get(self.target)
        fresh = self.explain("http://127.0.0.1:8080" + self.target)
        self.assertRegex(fresh, r"fresh +since it was read nothing altered it")
        self.assertIn("reading asin", fresh)
        asin = self.shop.get(self.target).json()[0]["asin"]
        self.shop.sql(f"delete from {self.shop.table('product')} where asin = ?", asin)
        self.assertRegex(self.explain(), rf"dropped +a changed row altered it\n +change +.*{asin}.* went")
        self.assertIn("No table is served", self.explain("/rest/v1/nonesuch", code=2))

    def test_without_a_listener_it_says_how_to_have_one(self):
        self.assertIn("admin: {port: 8081}", self.explain(code=2))

    def test_it_asks_which_answer(self):
        self.assertIn("aljibe cache explain '/rest", self.shop.run("cache", "explain", code=2))


class Refusals(unittest.TestCase):
    def test_serving_nothing_teaches_the_first_step(self):
        shop = Shop("empty")
        self.assertIn("init", shop.run("serve", "--listen", f"127.0.0.1:{free_port()}", code=3))


if __name__ == "__main__":
    unittest.main(verbosity=2)
