"""Runs tests/api/*.http against a running server; the files are ordered from basic to complex, so the first failure is the simplest.

A script is a list of exchanges:

    ### what it shows
    GET /rest/v1/{products}?limit=2
    Prefer: count=exact

    HTTP 206
    Content-Range: ^0-1/2000$          a regular expression that the header must contain; `absent` when it must not be there
    body: [{"id":1}]                   the body, byte for byte; several such lines are joined by line breaks
    json: {"code": "PGRST205"}         the body is an object with at least these members
    text: ^asin,title                  a regular expression that the body must contain
    sql: select * from {products} …    the body is what sqlite3 answers, rows in order
    stored: select id from t => [[1]]  the rows of a query of the database, afterwards
    keep etag: ETag                    a header's value, for {etag} in later exchanges
    keep next: Link <(.*?)>            … or the part of it that the first group takes

A request's header may stand twice. Its body follows its headers in lines `body: …`, joined by line breaks. `SQL statement` in the place of
a request is a commit by another program.

Words in braces are filled in: {products}, {categories}, {asin} (the first key), {category} (the first product's), {long} (800 letters) and what was kept.

A script whose first line is `world: NAME` has a server and a database of its own, made from NAME.sql and NAME.yaml; the others share a
generated catalogue. An exchange titled `pending: …` says what should be: it may fail, and must not pass unnoticed.
"""
import contextlib
import json
import pathlib
import re
import sqlite3
import sys

from shop import ROOT, Shop

SCRIPTS = ROOT / "tests" / "api"
PENDING = "pending: "


def bodies(lines):
    """The text of all `body: ` lines, and the other lines."""
    text = [line.removeprefix("body:").removeprefix(" ") for line in lines if line.startswith("body:")]
    return "\n".join(text) if text else None, [line for line in lines if not line.startswith("body:")]


def world_of(text):
    found = re.match(r"world: (\w+)\n", text)
    return found[1] if found else None


def exchanges(text):
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        request, _, expected = rest.partition("\n\n")
        yield title.strip(), request.strip("\n").splitlines(), [line for line in expected.splitlines() if line.strip()]


def filled(text, words):
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), text)


def stored(shop, wanted):
    """What the database holds, when that is not what is wanted."""
    statement, _, rows = wanted.rpartition(" => ")
    got = [list(row.values()) for row in shop.sql(statement)]
    return None if got == json.loads(rows) else f"the database holds {json.dumps(got, ensure_ascii=False)}, not {rows}"


def object_differs(answer, wanted):
    try:
        got = answer.json()
    except ValueError:
        got = None
    members = json.loads(wanted)
    if not isinstance(got, dict):
        return f"the body is no object: {answer.body[:300]!r}"
    wrong = {key: got.get(key) for key in members if got.get(key) != members[key]}
    return f"the body has {wrong}, not {members}" if wrong else None


def difference(shop, answer, kind, wanted, words):
    """What the answer lacks of one expectation, in words."""
    if kind == "HTTP":
        return None if answer.status == int(wanted) else f"status {answer.status}, not {wanted}"
    if kind == "stored":
        return stored(shop, wanted)
    if kind == "sql":
        rows = shop.sql(wanted)
        return None if answer.json() == rows else f"the body is not what sqlite3 says\n    got  {answer.body[:600]!r}\n    want {json.dumps(rows, ensure_ascii=False)[:600]}"
    if kind == "json":
        return object_differs(answer, wanted)
    if kind == "text":
        return None if re.search(wanted, answer.body.decode("utf-8", "replace"), re.MULTILINE) else f"the body has no {wanted!r}: {answer.body[:300]!r}"
    if kind.startswith("keep "):
        name, _, pattern = wanted.partition(" ")
        found = re.search(pattern or "(.+)", answer.header(name))
        words[kind.removeprefix("keep ")] = found[1] if found else ""
        return None if found else f"{name}: {answer.header(name)!r} has nothing to keep"
    if wanted == "absent":
        return f"{kind} is there: {answer.header(kind)}" if kind.lower() in answer.headers else None
    return None if re.search(wanted, answer.header(kind)) else f"{kind}: {answer.header(kind)!r} does not match {wanted!r}"


def differences(shop, answer, expected, words):
    """Every expectation that the answer does not meet, in words."""
    body, others = bodies(expected)
    if body is not None and filled(body, words) != answer.body.decode("utf-8", "replace"):
        yield f"the body is another\n    got  {answer.body[:600].decode('utf-8', 'replace')}\n    want {filled(body, words)[:600]}"
    for line in others:
        kind, _, wanted = line.partition(" ") if line.startswith("HTTP ") else line.partition(":")
        wrong = difference(shop, answer, kind, filled(wanted.strip(), words), words)
        if wrong:
            yield wrong


def exchange(shop, request, words):
    """The answer to one request; nothing to a statement of SQL."""
    method, target = filled(request[0], words).split(" ", 1)
    if method == "SQL":
        shop.sql(target)
        return None
    body, fields = bodies(request[1:])
    headers = [filled(line, words).split(": ", 1) for line in fields]
    return shop.request(method, target, headers, None if body is None else filled(body, words).encode())


def run(shop, path, words):
    """Runs one script; returns how many exchanges failed and how many are pending."""
    failures = count = pending = 0
    for title, request, expected in exchanges(path.read_text(encoding="utf-8")):
        count += 1
        answer = exchange(shop, request, words)
        wrong = list(differences(shop, answer, expected, words)) if expected or answer is None else ["expects nothing"]
        if title.startswith(PENDING):
            pending += bool(wrong)
            wrong = [] if wrong else ["it passes: take `pending: ` from its title"]
        failures += bool(wrong)
        for line in wrong:
            print(f"✗ {path.name}: {title}\n    {filled(request[0], words)}\n    {line}")
            if answer and not line.startswith("the body"):
                print(f"    body {answer.body[:300].decode('utf-8', 'replace')}")
    print(f"{'✓' if not failures else '✗'} {path.name}: {count - failures - pending} of {count}" + (f", {pending} pending" if pending else ""))
    return failures, pending


def catalogue():
    return Shop("api").stock()


def world(name):
    """A server of its own over the tables of NAME.sql, as NAME.yaml says."""
    shop = Shop(f"api-{name}")
    (shop.folder / "aljibe.yaml").write_text((SCRIPTS / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    connection = sqlite3.connect(shop.database())
    connection.executescript((SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    connection.close()
    return shop


def words_of(shop):
    words = {"long": "long" * 200}
    if not shop.sql("select 1 from sqlite_schema where name like '%product%'"):
        return words
    words |= {"products": shop.table("product"), "categories": shop.table("categor")}
    first = shop.sql(f"select asin, category_id from {words['products']} order by asin limit 1")[0]
    return words | {"asin": first["asin"], "category": str(first["category_id"])}


def closed(shop):
    """Stops a server; 1 when it left badly."""
    code = shop.close()
    if code != 0:
        print(f"✗ the server left with {code}")
    return int(code != 0)


def run_served(path, name, shared):
    """Runs a script in its world; returns how many exchanges failed and how many are pending."""
    if name is None:
        return run(shared, path, words_of(shared))
    with world(name).open() as shop:
        failures, pending = run(shop, path, words_of(shop))
        return failures + closed(shop), pending


def main(names):
    scripts = [pathlib.Path(name) for name in names] or sorted(SCRIPTS.glob("*.http"))
    worlds = [world_of(path.read_text(encoding="utf-8")) for path in scripts]
    with catalogue().open() if None in worlds else contextlib.nullcontext() as shared:
        results = [run_served(path, name, shared) for path, name in zip(scripts, worlds)]
        failures = sum(failed for failed, _ in results) + (closed(shared) if shared else 0)
    pending = sum(waiting for _, waiting in results)
    if pending:
        print(f"{pending} pending")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
