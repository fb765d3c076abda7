"""Checks that reject a row: which code, which record, and that the good rows are there."""
import json
import unittest

from shop import Shop

CONFIG = """database: sqlite:goods.db
pipelines:
  goods:
    - load: goods.csv
      into: goods
      key: id
      columns:
        id: integer
        name: {type: text, required: true, length_min: 2, length_max: 10}
        code: {type: text, pattern: "[A-Z]+[0-9]"}
        size: {type: text, enumeration: [S, M, L]}
      rejects: {max: 100, ratio: 100 %}
"""
ROWS = [
    ("1,Anna,A1,S", None),
    ("2,,A1,S", "value_missing"),
    ("3,A,A1,S", "check_length"),
    ("4,Berta,a1,S", "check_pattern"),
    ("5,Clara,A1,XXL", "check_enumeration"),
    ("1,Dora,A1,M", "check_unique"),
    ("x,Emma,A1,M", "value_not_integer"),
    ("7,Frida,A1", "row_short"),
    ("8,Gerda,B2,L", None),
]


class Checks(unittest.TestCase):
    def test_each_check_rejects_its_row_and_no_other(self):
        shop = Shop("checks")
        (shop.folder / "goods.csv").write_text("id,name,code,size\n" + "".join(row + "\n" for row, _ in ROWS))
        (shop.folder / "aljibe.yaml").write_text(CONFIG)
        shop.run("load")
        self.assertEqual([row["id"] for row in shop.sql("select id from goods order by id")], [1, 8])
        lines = [json.loads(line) for file in (shop.folder / "rejects").iterdir() for line in file.read_text().splitlines()]
        found = {line["record"]: line["code"] for line in lines}
        self.assertEqual(found, {record: code for record, (_, code) in enumerate(ROWS, 1) if code})


if __name__ == "__main__":
    unittest.main(verbosity=2)
