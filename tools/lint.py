"""Runs clang-tidy over source files, two at a time on two cores, and remembers which were clean.

A file is looked at again when it, anything of ours that it includes, .clang-tidy or its compile command changed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FINDING = re.compile(r"^(/[^:\n]+):\d+:\d+: (?:warning|error): ", re.MULTILINE)
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def included(path, seen):
    """The project files that `path` reads, itself included."""
    if path in seen or not path.exists():
        return
    seen.add(path)
    for name in INCLUDE.findall(path.read_bytes()):
        included(ROOT / "src" / name.decode(), seen)


def fingerprint(path, command):
    seen = set()
    included(path, seen)
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + command.encode())
    for each in sorted(seen):
        digest.update(each.read_bytes())
    return digest.hexdigest()


def check(build, path):
    """What clang-tidy says of `path`, and whether any of it is about a file of ours: the analyser follows calls into
    headers of libraries and judges those too."""
    done = subprocess.run(["clang-tidy-19", "-p", build, "--quiet", str(path)], capture_output=True, text=True, check=False)
    ours = [place for place in FINDING.findall(done.stdout) if pathlib.Path(place).is_relative_to(ROOT)]
    failed = done.returncode != 0 and not FINDING.search(done.stdout)  # it could not even look
    return bool(ours or failed), done.stdout + (done.stderr if failed else "")


def main(build, names):
    commands = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        commands[pathlib.Path(entry["file"])] = entry["command"]
    clean = pathlib.Path(build) / "lint"
    clean.mkdir(exist_ok=True)
    waiting = {}
    for name in names:
        path = ROOT / name
        if path in commands:
            mark = clean / fingerprint(path, commands[path])
            if not mark.exists():
                waiting[path] = mark
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(check, build, path): path for path in waiting}
        for job in concurrent.futures.as_completed(jobs):
            path, (is_bad, text) = jobs[job], job.result()
            if not is_bad:
                waiting[path].touch()
            else:
                bad += 1
                print(text)
    print(f"{len(waiting)} looked at, {len(names) - len(waiting)} known to be clean, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
