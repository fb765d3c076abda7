"""Documentation against the code: the error table, links, and files that must be there."""
import re

from tree import Finding, line_of

GROUPS = [
    (r"\d|P0|PGRST", "The data API", "What the dialect itself defines: clients know these codes."),
    ("ALJ1", "The server", "Answered by the server before or around a query."),
    ("ALJ2", "Configuration and command line", "Said by the command line; nothing was changed."),
    ("ALJ3", "Files and formats", "A file as a whole cannot be used."),
    ("ALJ4", "Rejected rows", "One row was refused; it stands in the rejects file with its bytes, position, column and code."),
    ("ALJ5", "Loading and the database", "A run stopped; what it had committed stays, and running it again goes on from there."),
]
HEAD = """# Errors

Written from `src/base/error_table.inc` by `./dev docs`. A code never changes its meaning and is never reused.

On the data API an error is `{"code", "message", "details", "hint"}` with the status below. On the command line the message goes to
standard error and the exit code says the kind: 1 failed, 2 usage, 3 configuration, 4 input data, 5 database or system, 6 refused to
protect data. A caller may try the same again when the status is 503 or 504.
"""


def reported(tree):
    """Names of the codes that some code reports; the others are kept for what is to come, so that their numbers are not given away."""
    return set(re.findall(r"\bCode::(\w+)", "\n".join(text for path, _, text in tree.sources(".cc", ".h") if not path.endswith("_test.cc"))))


def errors_page(tree):
    page, used = [HEAD], reported(tree)
    for pattern, title, text in GROUPS:
        page.append(f"## {title}\n\n{text}\n\n| code | name | status | exit | meaning |\n|---|---|---|---|---|\n")
        for _, name, wire, status, exit_code, meaning in tree.errors():
            if re.match(pattern, wire):
                page.append(f"| `{wire}` | {name} | {status} | {exit_code} | {meaning}{'' if name in used else ' *(not reported yet)*'} |\n")
        page.append("\n")
    return "".join(page).rstrip("\n") + "\n"


GENERATED = {"docs/errors.md": errors_page}


def generated(tree):
    for path, write in GENERATED.items():
        if tree.files.get(path) != write(tree):
            yield Finding("generated", path, 1, "not what the code says: run ./dev docs and review the difference")


WIRES_OF_TWO = {"42501"}  # the dialect has one code for a caller without a token, who gets 401, and for one with, who gets 403


def error_codes(tree):
    """Codes and names occur once, and each belongs to a part of docs/errors.md."""
    seen = set()
    for line, name, wire, *_ in tree.errors():
        for word in (name, wire):
            if word in seen and word not in WIRES_OF_TWO:
                yield Finding("error_codes", "src/base/error_table.inc", line, f"{word} stands twice")
            seen.add(word)
        if not any(re.match(pattern, wire) for pattern, *_ in GROUPS):
            yield Finding("error_codes", "src/base/error_table.inc", line, f"{wire} is in no group of docs/errors.md")


def error_tests(tree):
    """Every code that something reports is provoked by a test, which names it: as Code::name, or as a word of its fixture."""
    tests = "\n".join(text for path, text in tree.files.items() if path.endswith("_test.cc") or path.startswith(("tests/world/", "tests/api/")))
    named = set(re.findall(r"\bCode::(\w+)", tests)) | {word for word in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", tests)}
    for line, name, *_ in tree.errors():
        if name not in named and name in reported(tree):
            yield Finding("error_tests", "src/base/error_table.inc", line, f"no test provokes Code::{name}")


def anchor(heading):
    words = re.sub(r"[`*]", "", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def links(tree):
    link = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
    for path, text in sorted(tree.files.items()):
        if not path.endswith(".md"):
            continue
        for match in link.finditer(re.sub(r"```.*?```", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)):
            target, _, part = match[1].partition("#")
            if ":" in target:
                continue
            found = resolve(path, target)
            if found not in tree.files and not any(name.startswith(found.rstrip("/") + "/") for name in tree.files):
                yield Finding("links", path, line_of(text, match.start()), f"{match[1]} leads nowhere")
            elif part and part not in {anchor(h) for h in re.findall(r"^#+ (.*)$", tree.files.get(found, ""), re.MULTILINE)}:
                yield Finding("links", path, line_of(text, match.start()), f"{found} has no heading #{part}")


def resolve(path, target):
    parts = path.split("/")[:-1] if target else path.split("/")
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def references(tree):
    """A page that code or a message names is there."""
    page = re.compile(r"\bdocs/[a-z0-9/_-]+\.(?:md|json)\b")
    for path, text in sorted(tree.files.items()):
        if path.startswith("tests/tidy/"):
            continue
        for match in page.finditer(text):
            if match[0] not in tree.files:
                yield Finding("references", path, line_of(text, match.start()), f"{match[0]} is not there")


def metrics(tree):
    """Every metric has its line in docs/metrics.md."""
    page = tree.files.get("docs/metrics.md", "")
    for path, room, text in tree.sources(".cc"):
        for match in re.finditer(r'"(aljibe_[a-z_]+_(?:total|seconds|bytes|bytes_max|entries|queued))"', text):
            if f"`{match[1]}" not in page:
                yield Finding("metrics", path, line_of(text, match.start()), f"{match[1]} is not in docs/metrics.md")


def decisions(tree):
    for path, text in sorted(tree.files.items()):
        if re.fullmatch(r"docs/decisions/\d{4}-.*\.md", path) and not path.endswith("0000-load-bearing.md"):
            for heading in ("Context", "Decision", "Consequences", "Revisit when"):
                if f"\n**{heading}" not in text:
                    yield Finding("decisions", path, 1, f"a decision record says '{heading}'")
            if text.count("\n") > 60:
                yield Finding("decisions", path, 61, "a decision record has at most 60 lines")


RULES = [generated, error_codes, error_tests, links, references, metrics, decisions]
