"""The project's text as a value, so that a rule can be tried on a tree that breaks it."""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "tools", "bench", "docs", "cmake", ".ci", "examples")
TEXT = {".h", ".cc", ".inc", ".txt", ".cmake", ".py", ".sh", ".md", ".http", ".yaml", ".json", ".svg", ""}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+[<"]([^>"]+)[>"]', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Finding:
    rule: str
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


class Tree:
    """Files by path, relative to the project's root."""

    def __init__(self, files):
        self.files = files

    @classmethod
    def of_disk(cls, root=ROOT):
        files = {}
        paths = [path for path in root.iterdir() if path.is_file() and path.name != ".git"]
        for folder in FOLDERS:
            paths += [path for path in (root / folder).rglob("*") if path.is_file()]
        for path in paths:
            name = path.relative_to(root).as_posix()
            if path.suffix in TEXT and "__pycache__" not in name and "/seeds/" not in name:
                files[name] = path.read_text(encoding="utf-8", errors="replace")
        # Seeds are bytes, not text: only which targets have some.
        seeds = root / "tests/fuzz/seeds"
        files["tests/fuzz/seeds"] = " ".join(sorted(path.name for path in seeds.glob("*") if any(path.iterdir())))
        return cls(files)


    def sources(self, *suffixes):
        """Code of the rooms: (path, room, text)."""
        for path, text in sorted(self.files.items()):
            parts = path.split("/")
            if parts[0] == "src" and len(parts) > 2 and path.endswith(suffixes or (".h", ".cc", ".inc")):
                yield path, parts[1], text

    def includes(self, path):
        """(line, header) of every include of a file."""
        text = self.files[path]
        for match in INCLUDE.finditer(text):
            yield line_of(text, match.start(1)), match.group(1)

    def layers(self):
        """Room → (dry or wet, rooms it may include), in the order of src/layers.txt."""
        rooms = {}
        for line in self.files["src/layers.txt"].splitlines():
            if line.strip() and not line.startswith("#"):
                head, _, allowed = line.partition(":")
                name, kind = head.split()
                rooms[name] = (kind, allowed.split())
        return rooms

    def errors(self):
        """Rows of the error table: (line, name, wire, status, exit, meaning)."""
        text = self.files["src/base/error_table.inc"]
        row = re.compile(r'^ALJ_ERROR\((\w+),\s*"([^"]+)",\s*(\d+),\s*(\d+),\s*"((?:[^"\\]|\\.)*)"\)', re.MULTILINE)
        return [(line_of(text, match.start()), *match.groups()) for match in row.finditer(text)]


def is_test(path):
    return path.endswith(("_test.cc", "_fuzz.cc", "_bench.cc"))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def without_comments(text):
    """C++ with its comments blanked; lines stay where they are."""
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text,
                  flags=re.DOTALL)
