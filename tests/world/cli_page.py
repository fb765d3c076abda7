"""What the program says of itself stands in docs/: compares it, or writes it with --write (./dev docs)."""
import re
import sys

from shop import PROGRAM, ROOT, Shop

DOCS = ROOT / "docs"
KEYS = "\n## At the top\n"  # where the reference begins in configuration.md
HEAD = """# The command line

Written from `--help` by `./dev docs`. What a command prints for scripts goes to standard output, what it says to people to standard
error; colours and the progress bar only on a terminal. Error messages end with their code, see [errors.md](errors.md).

"""


def page(shop):
    main = shop.run("--help")
    listed = main.split("Subcommands:", 1)[1].split("\n\n", 1)[0]
    names = re.findall(r"^  (\w+)", listed, re.MULTILINE)
    parts = [HEAD, "```\n", main.strip(), "\n```\n"]
    for name in names:
        parts += [f"\n## aljibe {name}\n\n```\n", shop.run(name, "--help").strip(), "\n```\n"]
    return "".join(parts).replace(PROGRAM, "aljibe")


def pages(shop):
    """Each generated page's path and text; of configuration.md the end is."""
    configuration = (DOCS / "configuration.md").read_text(encoding="utf-8")
    yield "cli.md", page(shop)
    yield "aljibe.schema.json", shop.run("schema")
    yield "configuration.md", configuration.split(KEYS, 1)[0] + shop.run("schema", "--markdown")


def main(arguments):
    stale = False
    for name, text in pages(Shop("cli")):
        path = DOCS / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if arguments == ["--write"]:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
        else:
            print(f"docs/{name} is not what the program says: run ./dev docs and review the difference")
    return 1 if stale and arguments != ["--write"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
