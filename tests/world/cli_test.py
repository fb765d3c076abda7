"""What the command line refuses, with which exit code and which words; and what it leaves behind."""
import unittest

from shop import Shop


class Refusals(unittest.TestCase):
    def setUp(self):
        self.shop = Shop("cli_refusals")

    def refused(self, code, words, *arguments):
        said = self.shop.run(*arguments, code=code)
        for word in words:
            self.assertIn(word, said)

    def test_an_unknown_command_is_usage(self):
        self.refused(2, ["ALJ200"], "laod")  # usage_invalid

    def test_loading_without_a_configuration(self):
        self.refused(3, ["ALJ205", "init"], "load")  # config_missing

    def test_an_unknown_pipeline(self):
        self.shop.stock(rows=10)
        self.refused(2, ["ALJ504"], "load", "nonesuch")  # pipeline_unknown

    def test_a_misspelt_key_says_where_and_what_was_meant(self):
        (self.shop.folder / "aljibe.yaml").write_text("database: sqlite:a.db\ncache:\n  memry: 1 MiB\n")
        self.refused(3, ["aljibe.yaml:3:3", "memry", "memory", "ALJ202"], "load")

    def test_a_file_that_is_not_there(self):
        self.refused(4, ["ALJ300", "gone.csv"], "init", "gone.csv")
        self.assertFalse((self.shop.folder / "aljibe.yaml").exists())

    def test_init_does_not_overwrite_what_a_person_wrote(self):
        self.shop.stock(rows=10)
        config = self.shop.folder / "aljibe.yaml"
        config.write_text("# mine\n")
        self.refused(6, ["ALJ303", "--force"], "init", "amazon_categories.csv")
        self.assertEqual(config.read_text(), "# mine\n")


class Loads(unittest.TestCase):
    def test_loading_again_changes_nothing(self):
        shop = Shop("again").stock(rows=200)
        products = shop.table("product")
        before = shop.sql(f"select * from {products} order by asin")
        shop.run("load")
        self.assertEqual(shop.sql(f"select * from {products} order by asin"), before)
        self.assertEqual(len(before), 200)

    def test_the_same_seed_gives_the_same_bytes(self):
        shop = Shop("seed")
        shop.run("generate", "--rows", 500, "--seed", 7, "--out", "a")
        shop.run("generate", "--rows", 500, "--seed", 7, "--out", "b")
        shop.run("generate", "--rows", 500, "--seed", 8, "--out", "c")
        read = lambda folder: (shop.folder / folder / "amazon_products.csv").read_bytes()
        self.assertEqual(read("a"), read("b"))
        self.assertNotEqual(read("a"), read("c"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
