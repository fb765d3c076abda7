"""The dirty catalogue against its own truth: every damaged record is rejected for its reason, and nothing else is."""
import json
import re
import unittest

from shop import ROOT, Shop

ROWS = 30_000


def wire_codes():
    table = (ROOT / "src/base/error_table.inc").read_text()
    return dict(re.findall(r'^ALJ_ERROR\((\w+),\s*"(\w+)"', table, re.MULTILINE))


class Dirty(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = Shop("dirty")
        cls.shop.run("generate", "--rows", ROWS, "--seed", 7, "--out", ".")
        cls.shop.run("init", "amazon_categories.csv", "amazon_products.csv")
        cls.shop.run("generate", "--rows", ROWS, "--seed", 7, "--out", ".", "--dirty", "1%")
        cls.truth = [json.loads(line) for line in (cls.shop.folder / "amazon_products.truth.jsonl").read_text().splitlines()]
        cls.shop.run("load")
        (file,) = (cls.shop.folder / "rejects").glob("*products*.jsonl")
        cls.rejects = [json.loads(line) for line in file.read_text().splitlines()]

    def test_rejects_are_the_damaged_records_and_no_others(self):
        expected = sorted(one["record"] for one in self.truth if one["reject"])
        self.assertGreater(len(expected), ROWS // 200)
        self.assertEqual([reject["record"] for reject in self.rejects], expected)

    def test_each_is_rejected_for_its_damage(self):
        codes = wire_codes()
        reasons = {one["record"]: one["code"] for one in self.truth if one["reject"]}
        self.assertEqual({reject["record"]: codes[reject["code"]] for reject in self.rejects}, reasons)

    def test_every_other_row_is_there(self):
        (row,) = self.shop.sql("select count(*) as count from products")
        self.assertEqual(row["count"] + len(self.rejects), ROWS)


if __name__ == "__main__":
    unittest.main()
