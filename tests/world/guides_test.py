"""Runs what docs/from-*.md tell people to type, in order, and compares what comes back.

In a ```console block a line with `$` is typed and what follows must be its output, where … stands for anything. A ```yaml
block is the aljibe.yaml from then on. The port 8080 of the page becomes a free one.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

from shop import PROGRAM, ROOT, Shop

PAGES = sorted((ROOT / "docs").glob("from-*.md"))
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(text):
    """(what is typed, what must come back) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, expected = part.partition("\n")
        yield typed, expected.strip()


def fits(expected, said):
    pattern = ".*".join(map(re.escape, expected.split("…")))
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


class Guides(unittest.TestCase):
    def type(self, shop, line):
        """What a shell answers in the shop's folder; `aljibe serve` goes on in the background."""
        if line.startswith("aljibe serve"):
            if shop.server:
                shop.close()
            shop.open(*line.split()[2:])
            return shop.said().replace(str(shop.port), "8080")
        line = line.replace("localhost:8080", f"localhost:{shop.port}").replace("curl ", "curl -sS --max-time 20 ", 1)
        done = subprocess.run(["bash", "-c", line], cwd=shop.folder, capture_output=True, text=True, check=False, timeout=120,
                              env=os.environ | {"PATH": f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
        return (done.stdout + done.stderr).replace("\r", "")

    def test_pages(self):
        self.assertGreater(len(PAGES), 1)
        for page in PAGES:
            with Shop(f"guides/{page.stem}") as shop:
                for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
                    if kind == "yaml":
                        (shop.folder / "aljibe.yaml").write_text(text, encoding="utf-8")
                        continue
                    for typed, expected in steps(text):
                        said = self.type(shop, typed)
                        with self.subTest(page=page.name, typed=typed):
                            self.assertTrue(fits(expected, said), f"\n$ {typed}\nexpected {expected}\nbut said {said.strip()}")
                self.assertEqual(shop.close(), 0)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
