"""From files to an API as a new user would do it, and what may stand in the way."""
import csv
import io
import json
import os
import signal
import socket
import sqlite3
import unittest

from harness import CliTest

CATEGORIES = 'id,category_name\n1,Beading & Jewelry Making\n2,"Fabric, Decorating"\n3,Café\n'
PRODUCTS = (
    'asin,title,stars,price,isBestSeller,category_id\n'
    'B07DFT7Q9Y,"30"" monitor, black",4.5,11.99,False,1\n'
    '0545468248,Leading zero,4.0,5.00,True,2\n'
    'B08CJCDKB3,Plain,0.0,105.50,False,1\n'
)


class FirstTwoMinutes(CliTest):
    def test_init_load_serve(self):
        self.write("amazon_categories.csv", CATEGORIES)
        self.write("amazon_products.csv", PRODUCTS)
        said = self.succeeds("init", "amazon_categories.csv", "amazon_products.csv")
        self.assertIn("wrote aljibe.yaml", said)
        self.assertIn("next: aljibe load", said)
        self.succeeds("check")
        said = self.succeeds("load")
        self.assertIn("6 rows · 0 rejected", said)
        self.assertNotIn("\r", said)
        with self.serve() as server:
            rows = server.json("/rest/v1/products?order=asin")
            want = list(csv.DictReader(io.StringIO(PRODUCTS)))
            want.sort(key=lambda row: row["asin"])
            self.assertEqual([row["asin"] for row in rows], [row["asin"] for row in want])
            self.assertEqual([row["title"] for row in rows], [row["title"] for row in want])
            self.assertEqual(rows[0]["asin"], "0545468248")
            self.assertEqual(rows[0]["isBestSeller"], True)
            self.assertEqual(rows[1]["price"], 11.99)
            self.assertEqual(server.json("/rest/v1/categories?id=eq.3"), [{"id": 3, "category_name": "Café"}])
            self.assertEqual(server.stop(), 0)
        self.succeeds("check")

    def test_init_does_not_overwrite(self):
        self.write("a.csv", "id,x\n1,2\n")
        self.succeeds("init", "a.csv")
        self.fails(6, "init", "a.csv", says="aljibe.yaml exists")
        self.succeeds("init", "a.csv", "--force")

    def test_a_change_by_another_process_shows_in_the_next_answer(self):
        self.write("products.csv", PRODUCTS)
        self.succeeds("init", "products.csv")
        self.succeeds("load")
        database = next(self.folder.glob("*.db")).name
        with self.serve() as server:
            target = "/rest/v1/products?asin=eq.B08CJCDKB3&select=price"
            self.assertEqual(server.json(target), [{"price": 105.5}])
            self.assertIn("hit", server.get(target)[1]["Cache-Status"])
            self.database(database, "update products set price = 1 where asin = 'B08CJCDKB3'")
            self.assertEqual(server.json(target), [{"price": 1}])

    def test_load_twice_is_the_same(self):
        self.write("products.csv", PRODUCTS)
        self.succeeds("init", "products.csv")
        self.succeeds("load")
        self.succeeds("load")
        with self.serve() as server:
            self.assertEqual(len(server.json("/rest/v1/products")), 3)

    def test_plan_changes_nothing(self):
        self.write("products.csv", PRODUCTS)
        self.succeeds("init", "products.csv")
        before = sorted(os.listdir(self.folder))
        self.assertIn("products", self.succeeds("plan"))
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_rejects_are_told_and_can_be_replayed(self):
        self.write("products.csv", PRODUCTS + "B000000000,Bad,x,1.0,False,1\n")
        self.write("aljibe.yaml", "database: sqlite:shop.db\npipelines:\n  p:\n    - load: products.csv\n      into: products\n      key: asin\n"
                   "      columns: {stars: \"decimal(3,1)\"}\n      rejects: {ratio: 50 %}\n")
        self.assertIn("3 rows · 1 rejected", self.succeeds("load"))
        rejects = [path for path in self.folder.rglob("*") if "reject" in str(path) and path.is_file()]
        self.assertEqual(len(rejects), 1, rejects)
        self.assertIn("value_not_decimal", rejects[0].read_text())
        self.succeeds("replay", rejects[0].relative_to(self.folder))

    def test_generated_catalogue(self):
        self.succeeds("generate", "--rows", "2000", "--seed", "3", "--out", ".")
        self.succeeds("init", "amazon_categories.csv", "amazon_products.csv")
        self.succeeds("load")
        with self.serve() as server:
            status, fields, _ = server.get("/rest/v1/products?limit=1", Prefer="count=exact")
            self.assertEqual((status, fields["Content-Range"]), (206, "0-0/2000"))


class OddFiles(CliTest):
    def load(self, text, **config):
        self.write("a.csv", text)
        self.succeeds("init", "a.csv")
        self.succeeds("load")
        with self.serve() as server:
            return server.json("/rest/v1/a")

    def test_header_only(self):
        self.assertEqual(self.load("id,name\n"), [])

    def test_empty_file(self):
        self.write("a.csv", "")
        self.fails(4, "init", "a.csv", says="a.csv is empty")
        self.assertFalse((self.folder / "aljibe.yaml").exists())

    def test_a_field_of_one_megabyte(self):
        long = "x" * 1_000_000
        self.assertEqual(self.load(f'id,name\n1,"{long}"\n2,y\n'), [{"id": 1, "name": long}, {"id": 2, "name": "y"}])

    def test_a_missing_file(self):
        self.fails(4, "init", "nowhere.csv", says="nowhere.csv")
        self.fails(4, "peek", "nowhere.csv", says="nowhere.csv")

    def test_peek(self):
        self.write("a.csv", "id;name\n1;x\n2;\"y\"\"z\"\n")
        self.assertIn("name", self.succeeds("peek", "a.csv"))
        rows = json.loads(self.succeeds("peek", "a.csv", "--all", "--format", "json"))
        self.assertEqual([row["name"] for row in rows], ["x", 'y"z'])
        self.assertEqual(list(csv.reader(io.StringIO(self.succeeds("peek", "a.csv", "--all")))), [["id", "name"], ["1", "x"], ["2", 'y"z']])


class ReadOnly(CliTest):
    def test_load_into_a_read_only_folder(self):
        self.write("a.csv", "id\n1\n")
        self.succeeds("init", "a.csv")
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        nobody = 65534 if os.geteuid() == 0 else None  # root may write everywhere
        self.fails(5, "load", user=nobody)
        self.fails(5, "init", "a.csv", "--config", "b.yaml", user=nobody)


class OtherPeoplesFiles(CliTest):
    def test_a_file_that_is_not_in_wal_mode(self):
        self.database("shop.db", "create table things(id integer primary key, name varchar(20), price numeric(10,2)); insert into things values(1, 'a', 2.5)")
        with self.serve("shop.db") as server:
            self.assertEqual(server.json("/rest/v1/things"), [{"id": 1, "name": "a", "price": 2.5}])
            self.database("shop.db", "update things set name = 'b'")
            self.assertEqual(server.json("/rest/v1/things?select=name"), [{"name": "b"}])

    def test_a_missing_database(self):
        self.fails(5, "serve", "nowhere.db", says="nowhere.db")

    def test_a_file_that_is_no_database(self):
        self.write("text.db", "not a database, but long enough to be read as one. " * 100)
        self.fails(5, "serve", "text.db", "--port", "0", says="text.db")


class Running(CliTest):
    def setUp(self):
        super().setUp()
        self.database("shop.db", "create table things(id integer primary key, name text); insert into things values(1, 'a'); create table secrets(id integer)")
        self.write("aljibe.yaml", "database: sqlite:shop.db\ntables:\n  things: {roles: {anonymous: [read]}}\n")

    def test_greeting(self):
        with self.serve() as server:
            self.assertRegex(server.greeting, r"^http://127\.0\.0\.1:\d+   docs /docs")
            second = server.process.stdout.readline()
            self.assertIn("database shop.db (SQLite, linearizable) · anonymous may read things\n", second)

    def test_sigterm_ends_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.serve() as server:
                server.json("/rest/v1/things")
                server.signal(number)
                self.assertEqual(server.stop(), 0)

    def test_sighup_swaps_what_it_can(self):
        with self.serve() as server:
            self.assertEqual(server.get("/rest/v1/secrets")[0], 404)
            self.write("aljibe.yaml", "database: sqlite:shop.db\ntables:\n  things: {roles: {anonymous: [read]}}\n  secrets: {roles: {anonymous: [read]}}\n")
            server.signal(signal.SIGHUP)
            self.eventually(lambda: server.get("/rest/v1/secrets")[0] == 200, "the new table is not served")
            self.write("aljibe.yaml", "databse: x\ntables: {}\n")
            server.signal(signal.SIGHUP)
            self.assertEqual(server.json("/rest/v1/things"), [{"id": 1, "name": "a"}])
            self.assertEqual(server.stop(), 0)
            self.assertIn('unknown key "databse"', server.log)

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.fails(5, "serve", "--port", port, says=[f"Cannot listen on 127.0.0.1:{port}", "Another process listens there", "[ALJ120]"])
            self.write("aljibe.yaml", f"database: sqlite:shop.db\nlisten: {{port: {port}}}\n")
            self.fails(5, "check", says=["✓ shop.db", f"✗ 127.0.0.1:{port}"])

    def test_check_names_what_is_wrong(self):
        self.write("things.csv", "id,name\n1,a\n")
        self.write("aljibe.yaml", "database: sqlite:shop.db\nlisten: {port: 0}\ntables: {thing: {roles: {anonymous: [read]}}}\n"
                   "pipelines:\n  p:\n    - load: things.csv\n      into: things\n      columns: {nam: text}\n    - load: other.csv\n      into: other\n")
        self.fails(3, "check", folder=self.folder, says=["nam", "✗ other.csv", "Did you mean things?"])

    def test_a_redis_that_cannot_be_meant(self):
        self.write("things.csv", "id,name\n1,a\n")
        pipeline = "pipelines: {p: [{load: things.csv, into: things}]}\n"
        for section, code, word in (("redis://:hush-hush@localhost:6379/3", 3, "database"), ("redis://:hush-hush@localhost:x", 3, "port"), ("http://hush-hush", 3, "redis://")):
            self.write("aljibe.yaml", f"database: sqlite:shop.db\nlisten: {{port: 0}}\nredis: {section}\n{pipeline}")
            for command in ("check", "serve"):
                if command == "serve":
                    self.succeeds("load") if word != "redis://" else None
                self.assertNotIn("hush", self.fails(code, command, says=word))
        self.write("a.pem", "nothing")
        self.write("aljibe.yaml", f"database: sqlite:shop.db\nlisten: {{port: 0}}\nredis: {{url: \"rediss://localhost\", ca: a.pem}}\n{pipeline}")
        self.fails(3, "check", says="a.pem")
        self.fails(3, "serve", says="a.pem")

    def test_a_certificate_that_is_none(self):
        self.write("a.pem", "nothing")
        self.write("aljibe.yaml", "database: sqlite:shop.db\nlisten: {port: 0, tls: {certificate: a.pem, private_key: a.pem}}\n")
        self.fails(3, "serve", says="a.pem")
        self.fails(3, "check", says="a.pem")


if __name__ == "__main__":
    unittest.main()
