"""Reads the whole tree and says where it breaks the rules of the house. --write writes what is generated."""
import sys

import bugs
import documents
import rooms
import words
from tree import ROOT, Tree

RULES = rooms.RULES + words.RULES + documents.RULES + bugs.RULES


def write(tree):
    for path, page in documents.GENERATED.items():
        (ROOT / path).write_text(page(tree), encoding="utf-8")
        print(f"wrote {path}")


def main(arguments):
    tree = Tree.of_disk()
    if arguments == ["--write"]:
        write(tree)
        return 0
    chosen = [rule for rule in RULES if not arguments or rule.__name__ in arguments]
    findings = [finding for rule in chosen for finding in rule(tree)]
    for finding in findings:
        print(finding)
    print(f"{len(tree.files)} files, {len(chosen)} rules, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
