"""The real catalogue, every field of every row: what the files say, the API says.

Needs the files of the Amazon Products dataset: ALJIBE_TEST_DATA, or ../shared/data/amazon. Without them it is skipped and says so.
"""
import csv
import decimal
import json
import os
import pathlib
import subprocess
import sys
import unittest

from shop import ROOT, Shop

DATA = pathlib.Path(os.environ.get("ALJIBE_TEST_DATA", ROOT.parent / "shared/data/amazon"))
PAGE = 1000


def read_file(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_table(shop, table, key):
    """Every row through the API, page by page, numbers as they are written."""
    rows = []
    while True:
        answer = shop.get(f"/rest/v1/{table}?order={key}&limit={PAGE}&offset={len(rows)}")
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.body[:300]!r}")
        page = json.loads(answer.body, parse_float=decimal.Decimal)
        rows += page
        if len(page) < PAGE:
            return rows


def differs(text, value):
    """Whether a field of the file and a value of the API mean different things."""
    if isinstance(value, bool):
        return text != str(value)
    if isinstance(value, (int, decimal.Decimal)):
        return decimal.Decimal(text) != value
    return text != ("" if value is None else value)


class RealData(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        files = sorted(DATA.glob("amazon_*.csv"))
        cls.shop = Shop("real")
        cls.shop.run("init", *files)
        cls.shop.run("load")
        cls.shop.open()
        cls.addClassCleanup(cls.shop.close)

    def compare(self, word, key):
        file = sorted(DATA.glob(f"*{word}*.csv"))[0]
        expected = {row[key]: row for row in read_file(file)}
        rows = read_table(self.shop, self.shop.table(word), key)
        self.assertEqual(len(rows), len(expected))
        fields = 0
        for row in rows:
            wanted = expected[str(row[key])]
            self.assertEqual(list(row), list(wanted))
            for column, value in row.items():
                fields += 1
                if differs(wanted[column], value):
                    self.fail(f"{file.name} {row[key]} {column}: {wanted[column]!r} in the file, {value!r} from the API")
        print(f"{file.name}: {len(rows)} rows, {fields} fields equal", file=sys.stderr)

    def test_categories(self):
        self.compare("categor", "id")

    def test_products(self):
        self.compare("product", "asin")

    def test_an_update_by_another_program_shows_in_the_next_response(self):
        table = self.shop.table("product")
        target = f"/rest/v1/{table}?asin=eq.0545468248&select=title"
        self.shop.get(target)
        self.assertIn("hit", self.shop.get(target).header("Cache-Status"))
        before = self.shop.sql(f"select title from {table} where asin = '0545468248'")[0]["title"]
        update = f"update {table} set title = 'changed behind its back' where asin = '0545468248'"
        subprocess.run(["sqlite3", self.shop.database(), update], check=True)
        self.assertEqual(self.shop.get(target).json(), [{"title": "changed behind its back"}])
        self.shop.sql(f"update {table} set title = ? where asin = '0545468248'", before)


if __name__ == "__main__":
    if not list(DATA.glob("*categor*.csv")):
        print(f"skipped: no real files in {DATA}; set ALJIBE_TEST_DATA to their folder")
        sys.exit(77)
    unittest.main(verbosity=2)
