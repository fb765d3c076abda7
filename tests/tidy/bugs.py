"""The bugs of src/base/seeded.h and the table in docs/cache.md that says who catches each."""
import dataclasses
import re

from tree import Finding, is_test

HEADER = "src/base/seeded.h"
PAGE = "docs/cache.md"
BEGIN = "<!-- seeded bugs: written by ./dev seeded --write -->\n"
END = "<!-- end of seeded bugs -->\n"
ENUMERATION = re.compile(r"enum class Bug[^{]*\{(.*?)\n\};", re.DOTALL)
ENUMERATOR = re.compile(r"((?:^  ///[^\n]*\n)+)^  (\w+),", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| (.*) \| (.*) \|$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Bug:
    name: str
    meaning: str


def bugs_of(header):
    body = ENUMERATION.search(header)
    if body is None:
        return []
    return [Bug(match[2], " ".join(line.strip().removeprefix("///").strip() for line in match[1].splitlines())) for match in ENUMERATOR.finditer(body[1])]


def rows_of(page):
    """(bug, meaning, who catches it) of each line of the table."""
    _, found, rest = page.partition(BEGIN)
    return ROW.findall(rest.partition(END)[0]) if found else []


def with_table(page, bugs, catchers):
    """The page with the table written anew; `catchers` says by bug who caught it."""
    lines = ["| bug | what goes wrong | caught by |", "|---|---|---|"]
    lines += [f"| `{bug.name}` | {bug.meaning} | {catchers[bug.name]} |" for bug in bugs]
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n".join(lines) + "\n" + END + rest.partition(END)[2]


def seeded_bugs(tree):
    """The page lists the bugs that there are, and each stands at one place in the code."""
    bugs = bugs_of(tree.files.get(HEADER, ""))
    rows = [(name, meaning) for name, meaning, catcher in rows_of(tree.files.get(PAGE, "")) if catcher]
    if rows != [(bug.name, bug.meaning) for bug in bugs]:
        yield Finding("seeded_bugs", PAGE, 1, "not the bugs of src/base/seeded.h: run ./dev seeded --write and review the difference")
    code = "\n".join(text for path, _, text in tree.sources(".h", ".cc") if not is_test(path))
    for bug in bugs:
        places = len(re.findall(rf"\bseeded\(Bug::{bug.name}\)", code))
        if places != 1:
            yield Finding("seeded_bugs", HEADER, 1, f"{bug.name} stands at {places} places of the code, not at one")


RULES = [seeded_bugs]
