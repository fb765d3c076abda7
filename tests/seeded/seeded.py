"""Puts each bug of src/base/seeded.h in, one at a time, and lets the cache's judges look for it: every one must be caught.

    seeded.py BUILD            each bug by the judge that docs/cache.md names, and by the others when that one does not
    seeded.py BUILD --write    … by the first judge that does, and writes that into the page
    seeded.py BUILD NAME…      these alone

BUILD is the folder of a build with -D ALJ_SEEDED_BUGS=ON. Without a bug every judge must be content.
"""
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/tidy"))
import bugs  # noqa: E402 (the path comes first)

CAUGHT = 1  # the exit code of a test that failed; a crash, or a judge that had nothing to judge, is another
SECONDS_MAX = 240


@dataclasses.dataclass(frozen=True)
class Judge:
    name: str
    command: list

    def says(self, build, bug):
        """The exit code and what was printed."""
        folder = build / "seeded" / (bug or "none")
        words = [word.format(build=build, folder=folder, seconds=20 if bug else 5) for word in self.command]
        environment = os.environ | {"ALJIBE_BUG": bug, "ALJIBE_PAIRS": "100000"}
        try:
            done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                  errors="replace", timeout=SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired:
            return None, f"no end after {SECONDS_MAX} s"
        return done.returncode, done.stdout


def of_tests(name, room, pattern):
    return Judge(name, [f"{{build}}/src/{room}_test", "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={pattern}"])


CHECKER = ["{build}/tests/checker/cache_checker", "--server", "{build}/aljibe", "--folder", "{folder}", "--crash", "1500", "--stale", "1"]
# In the order in which they are asked.
JUDGES = [
    of_tests("1 property: affects", "store", "Footprints.*"),
    of_tests("1 property: log", "store", "*Replay.*"),
    of_tests("1 property: index", "cache", "*Index.says_what_a_look_at_every_entry_says/*:*.no_change_falls_between_admission_and_matching"),
    of_tests("2 simulation", "serve", "Simulation.*-Simulation.finds_*"),
    Judge("3 checker", [*CHECKER, "--seconds", "{seconds}"]),
    Judge("4 checker with Redis", [*CHECKER, "--seconds", "{seconds}", "--tier", "redis", "--faults", "forge,file-restore", "--file-restore", "100"]),
    of_tests("5 tests of the second tier", "serve", "Tiers.*"),
    of_tests("6 property: identities", "serve", "Identities.*"),
    of_tests("7 tests of policies", "serve", "Policies.*"),
]


def reason(text):
    """What a judge said first, for people."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not re.match(r"Running main|\[|.*Failure$", line)]
    return " ".join(lines[:3])[:150]


@dataclasses.dataclass
class Trial:
    bug: str
    catcher: str = ""
    said: str = ""
    seconds: float = 0


def try_bug(build, bug, first):
    """Asks the judge named `first` before the others."""
    trial, begin = Trial(bug), time.monotonic()
    for judge in sorted(JUDGES, key=lambda judge: judge.name != first):
        code, text = judge.says(build, bug)
        if code not in (0, CAUGHT):
            trial.said += f" {judge.name} ended with {code}: {text[-300:]}"
        if code == CAUGHT:
            trial.catcher, trial.said = judge.name, reason(text)
            break
    trial.seconds = time.monotonic() - begin
    return trial


def try_none(build):
    """Judges that find a bug where there is none."""
    for judge in JUDGES:
        code, text = judge.says(build, "")
        if code != 0:
            yield f"{judge.name} is not content without a bug: {text[-2000:]}"


def main(arguments):
    build = pathlib.Path(arguments[0]).resolve()
    (build / "seeded").mkdir(exist_ok=True)
    is_writing, names = "--write" in arguments, [word for word in arguments[1:] if word != "--write"]
    page = (ROOT / bugs.PAGE).read_text(encoding="utf-8")
    known = bugs.bugs_of((ROOT / bugs.HEADER).read_text(encoding="utf-8"))
    chosen = [bug.name for bug in known if not names or bug.name in names]
    catchers = {} if is_writing else {name: catcher for name, _, catcher in bugs.rows_of(page)}
    findings = [] if names else list(try_none(build))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for trial in pool.map(lambda name: try_bug(build, name, catchers.get(name)), chosen):
            print(f"{trial.seconds:5.1f} s  {trial.bug}: {trial.catcher or 'NOT CAUGHT'} {trial.said}", flush=True)
            catchers[trial.bug] = trial.catcher
            if not trial.catcher:
                findings.append(f"nobody caught {trial.bug}")
    if is_writing and not findings:
        (ROOT / bugs.PAGE).write_text(bugs.with_table(page, known, catchers), encoding="utf-8")
        print(f"wrote {bugs.PAGE}")
    print(*findings, f"{len(chosen)} bugs, {len(findings)} findings", sep="\n")
    return 1 if findings or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
