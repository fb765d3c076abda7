"""Has Spin try every interleaving of cache_race.pml, and then each of its bugs, which must be found: a model that finds none shows nothing.

States go to standard output, for docs/cache.md. Compiles with the project's compiler, which is there.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

MODEL = pathlib.Path(__file__).with_name("cache_race.pml")
COMPILER = "clang-19"
DEPTH_MAX = 10_000  # of a path; Spin says when it was not enough

# Commits through the API, commits by another program, requests of one reader and of the other, one after the other. All at once
# has too many states for every run; each race needs two commits at most, and a reader that fills beside one that hits.
SIZES = {"readers": (0, 2, 2, 1), "fills": (0, 1, 2, 2), "commits": (0, 3, 1, 1), "writers": (1, 1, 1, 1)}

# Each bug, and where it shows.
BUGS = {
    "ADMITTED_BLINDLY": "readers",        # admission does not look at what was heard since
    "ADMITTED_WITHOUT_LOCK": "readers",   # it does, but a change may be heard between the look and the posting
    "FLOOR_IGNORED": "readers",           # what was forgotten is taken for what did not happen
    "POSITION_NOTED_LATE": "readers",     # after the read instead of before it
    "READ_STAMPED_LATE": "readers",       # the same of the snapshot
    "LOOK_STAMPED_LATE": "readers",       # the same of the feed's own look
    "COUNTED_BEFORE_LOOK": "readers",     # the position counts a look that has read nothing yet
    "COUNTED_LAST": "readers",            # or one whose changes were matched already
    "FRONTIER_BEFORE_KILLS": "readers",   # published before the entries are dead
    "FRONTIER_UNASKED": "readers",        # an entry that is alive is served though the feed is behind
    "ENTRY_BEFORE_FRONTIER": "readers",   # looked at in the wrong order
    "JOINED_BLINDLY": "readers",          # another's flight is served as it lands
    "ARRIVAL_BORROWED": "readers",        # a request is judged by the snapshot of one before
    "UNEXPLAINED_IS_WHOLE": "readers",    # a commit that no log tells drops nothing
    "ACKNOWLEDGED_UNHEARD": "writers",    # a change through the API, before the cache has heard of it
}


def explore(size, bug=None):
    """What Spin says of the model, of its `size`, with `bug` in it."""
    names = ("API_COMMITS", "OUTSIDE_COMMITS", "FIRST_REQUESTS", "SECOND_REQUESTS")
    defines = [f"-D{name}={number}" for name, number in zip(names, SIZES[size])] + ([f"-D{bug}"] if bug else [])
    with tempfile.TemporaryDirectory(prefix="aljibe-model-") as folder:
        def run(*command):
            return subprocess.run(command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout

        run("spin", f"-P{COMPILER} -E -x c", *defines, "-a", str(MODEL))
        run(COMPILER, "-w", "-O1", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c")
        return run("./pan", f"-m{DEPTH_MAX}", "-w24")


def number(pattern, report):
    found = re.search(pattern, report)
    return int(found[1]) if found else None


class CacheRace(unittest.TestCase):
    def test_no_interleaving_breaks_the_promise(self):
        for size in SIZES:
            with self.subTest(size):
                report = explore(size)
                self.assertEqual(number(r"errors: (\d+)", report), 0, report)
                self.assertIn("invalid end states\t+", report)
                for limit in ("max search depth too small", "Search not completed", "out of memory"):
                    self.assertNotIn(limit, report)
                states = number(r"(\d+) states, stored", report)
                print(f"{size}: {states:,} states", flush=True)

    def test_every_bug_is_found(self):
        for bug, size in BUGS.items():
            with self.subTest(bug):
                self.assertIn("assertion violated", explore(size, bug))
        print(f"{len(BUGS)} bugs tried", flush=True)

    def test_every_bug_of_the_model_is_tried(self):
        named = set(re.findall(r"\b(?:ifdef|ifndef|defined)\s*\(?(\w+)", MODEL.read_text(encoding="utf-8")))
        self.assertEqual(named, set(BUGS))


if __name__ == "__main__":
    if not shutil.which("spin"):
        print("spin is not installed")
        sys.exit(77)
    unittest.main()
