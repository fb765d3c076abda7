"""Rules of the text: names, sizes, what must not stand in it."""
import re

from tree import Finding, is_test, line_of, without_comments

MACROS_MAX = 5
LINES_MAX = 600  # STYLE says few above 500; nothing needs more than this


def lines_matching(rule, tree, pattern, message, paths):
    for path, text in sorted(tree.files.items()):
        if not paths(path):
            continue
        for match in pattern.finditer(text):
            yield Finding(rule, path, line_of(text, match.start()), message.format(match[0]))


def macros(tree):
    names = {}
    for path, _, text in tree.sources():
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.MULTILINE):
            names.setdefault(match[1], (path, line_of(text, match.start())))
    ours = [name for name in names if name.startswith("ALJ_")]
    for name in ours[MACROS_MAX:]:
        yield Finding("macros", *names[name], f"{name} is macro number {ours.index(name) + 1} of at most {MACROS_MAX}: {', '.join(ours)}")
    for name in names.keys() - set(ours):
        if not name.startswith(("BOOST_", "_")):
            yield Finding("macros", *names[name], f"{name}: a macro is named ALJ_X")


def sizes(tree):
    for path, text in sorted(tree.files.items()):
        lines = text.count("\n")
        if path.endswith((".h", ".cc", ".py", ".sh")) and lines > LINES_MAX:
            yield Finding("sizes", path, lines, f"{lines} lines usually hold two ideas; at most {LINES_MAX}")


def file_names(tree):
    for path, _, text in tree.sources(""):
        name = path.rsplit("/", 1)[1]
        if not re.fullmatch(r"[a-z0-9_]+\.(h|cc|inc|txt|sql|html|js|css|json)", name):
            yield Finding("file_names", path, 1, "files are snake_case .h and .cc")
        if path.endswith(".h") and not without_comments(text).lstrip().startswith("#pragma once"):
            yield Finding("file_names", path, 1, "a header's first line of code is #pragma once")


def unfinished(tree):
    pattern = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
    yield from lines_matching("unfinished", tree, pattern, "{} marks unfinished work: finish it or file it", lambda path: True)


def machine_paths(tree):
    pattern = re.compile(r"(?<![\w./-])/(?:wo" r"rk|ro" r"ot|ho" r"me)/[\w.]+")
    yield from lines_matching("machine_paths", tree, pattern, "{} exists on one machine only", lambda path: True)


def sleeps(tree):
    pattern = re.compile(r"\bsleep_(?:for|until)\s*\(|\bu?sleep\s*\(")
    yield from lines_matching("sleeps", tree, pattern, "{}: a unit test waits for an event, never for time", is_test)


def empty_names(tree):
    pattern = re.compile(r"\b(?:class|struct)\s+(?:\[\[\w+\]\]\s*)?\w*(?:Manager|Helper|Util|Utils|Impl)\b|\bget_\w+\s*\(")
    for path, _, text in tree.sources(".h"):
        for match in pattern.finditer(without_comments(text)):
            yield Finding("empty_names", path, line_of(text, match.start()), f"'{match[0]}' says nothing; name what it is")


def seeds(tree):
    """A fuzz target starts from examples of what it reads."""
    for path, _, _ in tree.sources("_fuzz.cc"):
        name = path.rsplit("/", 1)[1].removesuffix(".cc")
        if name not in tree.files.get("tests/fuzz/seeds", "").split():
            yield Finding("seeds", path, 1, f"no file in tests/fuzz/seeds/{name}/")


RULES = [macros, sizes, file_names, unfinished, machine_paths, sleeps, empty_names, seeds]
