"""Who may include whom: src/layers.txt against the includes, the libraries and the third-party headers."""
import re

from tree import Finding, is_test

HEAVY = ("boost/asio", "boost/beast", "simdjson", "fmt/", "CLI/", "yaml-cpp/", "spdlog/", "sqlite3.h", "openssl/", "re2/", "curl/")
HEAVY_ALLOWED = {"src/io/task.h": ("boost/asio",)}

# Dry code is a function of bytes and values. Locks are allowed: they are no thread of its own.
WET_HEADERS = ("thread", "future", "fstream", "iostream", "filesystem", "csignal", "cstdio", "stdio.h", "unistd.h",
               "fcntl.h", "poll.h", "sys/", "netinet/", "arpa/", "boost/asio", "boost/beast", "sqlite3.h", "openssl/ssl.h", "curl/")
WET_CALLS = re.compile(r"(?:steady_clock|system_clock|high_resolution_clock)::now\s*\(|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)|\bstd::(?:getenv|jthread|thread)\b")
DRY_EXCEPT = {"src/base/assert.cc": ("cstdio",)}  # the last words of a broken invariant
NOT_SHIPPED = "src/base/seeded.cc"  # empty but in the build that tests the tests


def layers(tree):
    rooms = tree.layers()
    for path, room, _ in tree.sources():
        if room not in rooms:
            yield Finding("layers", path, 1, f"src/layers.txt has no room '{room}'")
            continue
        for line, header in tree.includes(path):
            other = header.split("/")[0]
            if other in rooms and other != room and other not in rooms[room][1]:
                yield Finding("layers", path, line, f"{room} may not include {other} (src/layers.txt)")


def levels(tree):
    """Rooms stand bottom-up: one includes only rooms above it in the list, so there is no circle."""
    seen = set()
    for name, (_, allowed) in tree.layers().items():
        for other in allowed:
            if other not in seen:
                yield Finding("levels", "src/layers.txt", 1, f"{name} names {other}, which does not stand above it")
        seen.add(name)


def libraries(tree):
    """The linker agrees: aljibe_room(… LINK …) has the edges of layers.txt."""
    path = "src/CMakeLists.txt"
    rooms, found = tree.layers(), {}
    for match in re.finditer(r"aljibe_room\((\w+)([^)]*)\)", tree.files[path]):
        link = re.search(r"\bLINK\b((?:\s+(?!LIBS\b)[\w:]+)*)", match[2])
        found[match[1]] = sorted(link[1].split()) if link else []
    for name in sorted(rooms.keys() | found.keys()):
        wanted = sorted(rooms[name][1]) if name in rooms else None
        if found.get(name) != wanted:
            yield Finding("libraries", path, 1, f"{name} links {found.get(name)}, layers.txt says {wanted}")


def details(tree):
    for path, room, _ in tree.sources():
        for line, header in tree.includes(path):
            parts = header.split("/")
            if "detail" in parts[1:-1] and parts[0] in tree.layers() and parts[0] != room:
                yield Finding("details", path, line, f"{header} is {parts[0]}'s own affair")


def heavy(tree):
    for path, _, _ in tree.sources(".h"):
        for line, header in tree.includes(path):
            if header.startswith(HEAVY) and not header.startswith(HEAVY_ALLOWED.get(path, ("\0",))):
                yield Finding("heavy", path, line, f"<{header}> costs seconds: include it in a .cc")


def dry(tree):
    rooms = tree.layers()
    for path, room, text in tree.sources():
        if rooms.get(room, ("wet",))[0] != "dry" or is_test(path) or path == NOT_SHIPPED:
            continue
        for line, header in tree.includes(path):
            is_wet = any(header == wet or (wet.endswith("/") or "/" in wet) and header.startswith(wet) for wet in WET_HEADERS)
            if is_wet and header not in DRY_EXCEPT.get(path, ()):
                yield Finding("dry", path, line, f"{room} is dry: no <{header}>")
        for number, content in enumerate(text.splitlines(), 1):
            if WET_CALLS.search(content.split("//")[0]):
                yield Finding("dry", path, number, f"{room} is dry: no clock, thread or environment")


RULES = [layers, levels, libraries, details, heavy, dry]
