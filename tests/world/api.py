"""Runs tests/api/*.http against a served catalogue; the files are ordered from basic to complex, so the first failure is the simplest.

A script is a list of exchanges:

    ### what it shows
    GET /rest/v1/{products}?limit=2
    Prefer: count=exact

    HTTP 206
    Content-Range: ^0-1/2000$          a regular expression that the header must contain; `absent` when it must not be there
    sql: select * from {products} …    the body is what sqlite3 answers, rows in order
    json: {"code": "PGRST205"}         the body is an object with at least these members
    text: ^asin,title                  a regular expression that the body must contain
    keep etag: ETag                    a header's value, for {etag} in later exchanges

Words in braces are filled in: {products}, {categories}, {asin} (the first key), {category} (the first product's) and what was kept.
"""
import json
import pathlib
import re
import sys

from shop import ROOT, Shop

SCRIPTS = ROOT / "tests" / "api"


def exchanges(text):
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        request, _, expected = rest.partition("\n\n")
        yield title.strip(), request.strip().splitlines(), [line for line in expected.splitlines() if line.strip()]


def filled(text, words):
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), text)


def differences(shop, answer, expected, words):
    """Every expectation that the answer does not meet, in words."""
    for line in expected:
        kind, _, wanted = line.partition(" ") if line.startswith("HTTP ") else line.partition(":")
        wanted = filled(wanted.strip(), words)
        if kind == "HTTP":
            if answer.status != int(wanted):
                yield f"status {answer.status}, not {wanted}"
        elif kind == "sql":
            rows = shop.sql(wanted)
            if answer.json() != rows:
                yield f"the body is not what sqlite3 says\n    got  {answer.body[:600]!r}\n    want {json.dumps(rows, ensure_ascii=False)[:600]}"
        elif kind == "json":
            got, members = answer.json(), json.loads(wanted)
            wrong = {key: got.get(key) for key in members if got.get(key) != members[key]}
            if wrong:
                yield f"the body has {wrong}, not {members}"
        elif kind == "text":
            if not re.search(wanted, answer.body.decode("utf-8", "replace"), re.MULTILINE):
                yield f"the body has no {wanted!r}: {answer.body[:300]!r}"
        elif kind.startswith("keep "):
            words[kind.removeprefix("keep ")] = answer.header(wanted)
        elif wanted == "absent":
            if kind.lower() in answer.headers:
                yield f"{kind} is there: {answer.header(kind)}"
        elif not re.search(wanted, answer.header(kind)):
            yield f"{kind}: {answer.header(kind)!r} does not match {wanted!r}"


def run(shop, path, words):
    failures = count = 0
    for title, request, expected in exchanges(path.read_text(encoding="utf-8")):
        count += 1
        method, target = filled(request[0], words).split(" ", 1)
        headers = dict(filled(line, words).split(": ", 1) for line in request[1:])
        answer = shop.request(method, target, headers)
        wrong = list(differences(shop, answer, expected, words)) if expected else ["expects nothing"]
        failures += bool(wrong)
        for line in wrong:
            print(f"✗ {path.name}: {title}\n    {method} {target}\n    {line}")
            if not line.startswith("the body"):
                print(f"    body {answer.body[:300]!r}")
    print(f"{'✓' if not failures else '✗'} {path.name}: {count - failures} of {count}")
    return failures


def main(names):
    with Shop("api").stock() as shop:
        shop.open()
        words = {"products": shop.table("product"), "categories": shop.table("categor")}
        first = shop.sql(f"select asin, category_id from {words['products']} order by asin limit 1")[0]
        words |= {"asin": first["asin"], "category": str(first["category_id"])}
        scripts = [pathlib.Path(name) for name in names] or sorted(SCRIPTS.glob("*.http"))
        failures = sum(run(shop, path, dict(words)) for path in scripts)
        code = shop.close()
        if code != 0:
            print(f"✗ the server left with {code}")
        return 1 if failures or code else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
