"""docs/cli.md is what the program says of itself: compares it, or writes it with --write (./dev docs)."""
import re
import sys

from shop import PROGRAM, ROOT, Shop

PAGE = ROOT / "docs" / "cli.md"
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


def main(arguments):
    text = page(Shop("cli"))
    if arguments == ["--write"]:
        PAGE.write_text(text, encoding="utf-8")
        print("wrote docs/cli.md")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/cli.md is not what --help says: run ./dev docs and review the difference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
