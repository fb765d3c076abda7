"""What the compiler itself must say: headers stand alone, and a discarded outcome does not compile.

The compiler runs through ccache where there is one, so that a second run costs a second.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(os.environ.get("ALJIBE_WORK", tempfile.gettempdir())) / "tidy"
FLAGS = ["-std=c++23", "-O0", "-Wall", "-Wextra", "-Wno-gnu-statement-expression", "-Werror=unused-result", "-D_GLIBCXX_ASSERTIONS",
         "-DBOOST_ASIO_NO_DEPRECATED", "-DBOOST_ASIO_SEPARATE_COMPILATION"]


def compile_text(name, text, source=ROOT / "src"):
    """The compiler's complaints about one small file; empty when it compiles."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{name}.cc"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    launcher = ["ccache"] if shutil.which("ccache") else []
    environment = os.environ | {"CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1"}
    done = subprocess.run([*launcher, "clang++-19", *FLAGS, f"-I{source}", "-c", path, "-o", path.with_suffix(".o")],
                          capture_output=True, text=True, check=False, env=environment)
    return "" if done.returncode == 0 else done.stderr or "failed without a word"


def headers_broken(source):
    """(header, complaint) of every header below `source` that does not compile alone."""
    headers = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.h"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = {header: pool.submit(compile_text, "header_" + re.sub(r"\W", "_", header), f'#include "{header}"\n', source)
                for header in headers}
        return [(header, job.result()) for header, job in work.items() if job.result()]


OUTCOME = """
#include "base/result.h"
#include "io/task.h"
aljibe::Result<int> outcome();
aljibe::io::Task<aljibe::Result<int>> later();
"""


class Headers(unittest.TestCase):
    def test_each_header_compiles_alone(self):
        for header, complaint in headers_broken(ROOT / "src"):
            self.fail(f"{header} does not compile alone:\n{complaint}")

    def test_a_header_that_leans_on_others_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder)
            (source / "alone.h").write_text("#pragma once\n#include <string>\nstd::string name();\n")
            (source / "leaning.h").write_text("#pragma once\nstd::string name();\n")
            self.assertEqual([header for header, _ in headers_broken(source)], ["leaning.h"])


class Outcomes(unittest.TestCase):
    def refused(self, name, body):
        self.assertIn("unused-result", compile_text(name, OUTCOME + body))

    def test_an_outcome_that_is_looked_at_compiles(self):
        body = "aljibe::io::Task<int> f() { auto a = outcome(); auto b = co_await later(); co_return (a && b) ? 1 : 0; }\n"
        self.assertEqual(compile_text("looked_at", OUTCOME + body), "")

    def test_a_discarded_outcome_does_not_compile(self):
        self.refused("discarded", "void f() { outcome(); }\n")

    def test_a_discarded_awaited_outcome_does_not_compile(self):
        self.refused("discarded_awaited", "aljibe::io::Task<void> f() { co_await later(); }\n")


if __name__ == "__main__":
    unittest.main()
