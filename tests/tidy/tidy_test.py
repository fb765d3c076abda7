"""Each rule is tried on a small tree that keeps it and on one that breaks it."""
import unittest

import tidy
from tree import Tree

LAYERS = "base dry :\nmodel dry : base\nio wet : base\nstore wet : model io base\n"
ROOMS = "aljibe_room(base)\naljibe_room(model LINK base)\naljibe_room(io LINK base LIBS asio)\naljibe_room(store LINK model io base LIBS x::y)\n"
ERRORS = 'ALJ_ERROR(row_short,  "ALJ400", 500, 4, "A record is short.")\nALJ_ERROR(overloaded, "ALJ110", 503, 5, "Full.")\n'
HEADER = "#pragma once\n"
RECORD = "# 0001\n\n**Context.** a\n\n**Decision.** b\n\n**Consequences.** c\n\n**Revisit when.** d\n"


def sound():
    tree = Tree({
        "src/layers.txt": LAYERS,
        "src/CMakeLists.txt": ROOMS,
        "src/base/error_table.inc": ERRORS,
        "src/base/error.h": HEADER + "#define ALJ_TRY(x) x\n",
        "src/base/assert.cc": "#include <cstdio>\nfail(Code::row_short); fail(Code::overloaded);\n",
        "src/io/task.h": HEADER + "#include <boost/asio/awaitable.hpp>\n",
        "src/io/server.cc": '#include "io/detail/socket.h"\n#include <thread>\n',
        "src/model/row.cc": '#include "base/error.h"\n#include <ctime>\n',
        "src/model/row_test.cc": "// provokes Code::row_short and Code::overloaded\n#include <thread>\n",
        "src/model/row_fuzz.cc": "",
        "tests/fuzz/seeds": "row_fuzz",
        "docs/decisions/0001-a.md": RECORD,
        "README.md": "[the rooms](docs/decisions/0001-a.md#0001), [here](#top), [out](https://example.org)\n# Top\n",
    })
    tree.files["docs/errors.md"] = tidy.documents.errors_page(tree)
    return tree


# Rule → files that break it.
PLANTS = {
    "layers": {"src/model/row.cc": '#include "store/database.h"\n'},
    "levels": {"src/layers.txt": LAYERS.replace("base dry :", "base dry : model")},
    "libraries": {"src/CMakeLists.txt": ROOMS.replace("model LINK base", "model LINK base io")},
    "details": {"src/store/sink.cc": '#include "io/detail/socket.h"\n'},
    "heavy": {"src/store/database.h": HEADER + "#include <sqlite3.h>\n"},
    "dry": {"src/model/row.cc": "#include <fstream>\n"},
    "macros": {"src/base/b.h": HEADER + "".join(f"#define ALJ_{name}\n" for name in "ABCDE")},
    "sizes": {"src/model/row.cc": "\n" * 601},
    "file_names": {"src/model/RowMaker.cc": ""},
    "unfinished": {"src/model/row.cc": "// TO" "DO: the rest\n"},
    "machine_paths": {"docs/a.md": "see /ho" "me/anna/aljibe\n"},
    "sleeps": {"src/model/row_test.cc": "std::this_thread::sleep_for(1s); Code::row_short; Code::overloaded;\n"},
    "empty_names": {"src/model/row.h": HEADER + "class RowManager;\n"},
    "seeds": {"src/model/table_fuzz.cc": ""},
    "generated": {"docs/errors.md": "# Errors\n"},
    "error_codes": {"src/base/error_table.inc": ERRORS + 'ALJ_ERROR(again, "ALJ110", 500, 1, "Twice.")\n'},
    "error_tests": {"src/model/row_test.cc": "Code::row_short\n"},
    "links": {"README.md": "[gone](docs/gone.md)\n"},
    "references": {"src/model/row.cc": "// docs/formats/row.md tells more\n"},
    "metrics": {"src/model/row.cc": 'emit("aljibe_rows_total");\n'},
    "seeded_bugs": {"src/base/seeded.h": HEADER + "enum class Bug {\n  /// A row is lost.\n  row_lost,\n\n  none\n};\n"},
    "decisions": {"docs/decisions/0001-a.md": RECORD.replace("**Context.**", "")},
}

MORE_PLANTS = [
    ("dry", {"src/model/row.cc": "auto t = std::chrono::steady_clock::now();\n"}),
    ("dry", {"src/model/row.cc": "#include <sys/mman.h>\n"}),
    ("heavy", {"src/io/task.h": HEADER + "#include <boost/beast/http.hpp>\n"}),
    ("heavy", {"src/io/other.h": HEADER + "#include <boost/asio/awaitable.hpp>\n"}),
    ("layers", {"src/cellar/a.cc": ""}),
    ("macros", {"src/base/b.h": HEADER + "#define MAX 3\n"}),
    ("links", {"README.md": "[part](docs/decisions/0001-a.md#gone)\n"}),
    ("file_names", {"src/model/row.h": "class Row;\n"}),
    ("empty_names", {"src/model/row.h": HEADER + "int get_price();\n"}),
]


class Rules(unittest.TestCase):
    def test_a_sound_tree_has_no_findings(self):
        for rule in tidy.RULES:
            self.assertEqual([str(finding) for finding in rule(sound())], [], rule.__name__)

    def test_every_rule_has_a_plant_and_finds_it(self):
        self.assertEqual(sorted(PLANTS), sorted(rule.__name__ for rule in tidy.RULES))
        rules = {rule.__name__: rule for rule in tidy.RULES}
        for name, files in [*PLANTS.items(), *MORE_PLANTS]:
            found = list(rules[name](Tree(sound().files | files)))
            self.assertTrue(found, f"{name} overlooked {files}")
            self.assertEqual({finding.rule for finding in found}, {name})

    def test_comments_break_no_naming_rule(self):
        files = {"src/model/row.h": HEADER + "// what others call class RowManager\n"}
        self.assertEqual(list(tidy.words.empty_names(Tree(sound().files | files))), [])


if __name__ == "__main__":
    unittest.main()
