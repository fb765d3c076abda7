#!/usr/bin/env python3
"""Draws what ladder_bench printed, and writes its table: the ladder of docs/cache.md.

    ladder_picture.py OUTPUT-OF-LADDER_BENCH PICTURE.svg    the table goes to stdout
"""
import sys
from pathlib import Path

SHARES = (1, 5, 20)
POLICIES = (
    ("table", "table", "any change of the table"),
    ("tags", "tags", "one for a row, one for all lists"),
    ("ttl_5s", "5 seconds", "whatever is committed"),
    ("conjunctions", "conjunctions", "the equalities of the question"),
    ("ours", "aljibe", "what the answer read"),
    ("oracle", "oracle", "each answer read again"),
)
WIDTH, LEFT, TOP = 860, 222, 88
BAR, GAP, GROUP = 13, 3, 66
PANELS = {"hit": (LEFT, 240, "hit ratio, %"), "precision": (566, 240, "dropped answers that had changed, %")}

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
  .strong { font-weight: 600; }
  .soft { fill: #59636e; font-size: 12px; }
  .bad { fill: #b3261e; }
  .grid { stroke: #59636e; stroke-opacity: .25; }
  .other { fill: #7a8590; }
  .ours { fill: #1a7f74; }
  .stale { fill: #c8493f; }
  .w1 { opacity: .5; } .w5 { opacity: .75; } .w20 { opacity: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .soft { fill: #9aa5b1; }
    .bad { fill: #ff8a80; }
    .grid { stroke: #9aa5b1; }
    .other { fill: #8d98a3; }
    .ours { fill: #3fb8a9; }
    .stale { fill: #e5675d; }
  }
"""


def read(path):
    pairs = (line.split() for line in Path(path).read_text().splitlines())
    return {name: float(value) for name, value in pairs}


def percent(value):
    return f"{value:.1f}"


def stale_per_million(figures, share, policy, reads):
    return round(figures[f"{share}.{policy}.stale"] / reads * 1e6)


class Picture:
    def __init__(self):
        self.parts = []

    def text(self, x, y, text, kind="", anchor="start"):
        self.parts.append(f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{text}</text>')

    def bar(self, x, y, width, kind):
        self.parts.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{max(width, 1):.1f}" height="{BAR}" rx="2" class="{kind}"/>')

    def grid(self, x, bottom):
        self.parts.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" class="grid"/>')

    def write(self, path, height):
        body = "\n".join(self.parts)
        Path(path).write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
                              f'aria-label="Hit ratio and precision of six ways to keep answers">\n<style>{STYLE}</style>\n{body}\n</svg>\n')


def draw_frame(picture, bottom):
    for x, width, title in PANELS.values():
        picture.text(x, 58, title, "strong")
        picture.grid(x, bottom)
        picture.grid(x + width, bottom)
    picture.text(20, 24, "Writes among the operations:", "soft")
    for i, share in enumerate(SHARES):
        x = LEFT + 20 + 70 * i
        picture.bar(x, 13, 22, f"other w{share}")
        picture.text(x + 28, 24, f"{share} %", "soft")


def draw_bars(picture, figures, y, policy, measure, kind):
    x, width, _ = PANELS[measure]
    for i, share in enumerate(SHARES):
        value = figures[f"{share}.{policy}.{measure}"]
        top = y + i * (BAR + GAP)
        picture.bar(x, top, width * value / 100, f"{kind} w{share}")
        picture.text(x + width * value / 100 + 6, top + 11, percent(value), "soft")


def draw_stale(picture, figures, y, policy, reads):
    x = PANELS["precision"][0]
    for i, share in enumerate(SHARES):
        picture.text(x + 6, y + i * (BAR + GAP) + 11, f"{stale_per_million(figures, share, policy, reads[share]):,} stale in a million reads", "bad")


def draw(figures, reads, path):
    picture = Picture()
    bottom = TOP + GROUP * len(POLICIES) - 14
    draw_frame(picture, bottom)
    for row, (policy, name, how) in enumerate(POLICIES):
        y = TOP + row * GROUP
        is_stale = any(figures[f"{share}.{policy}.stale"] for share in SHARES)
        kind = "stale" if is_stale else "ours" if policy == "ours" else "other"
        picture.text(20, y + 18, name, "strong")
        picture.text(20, y + 36, how, "soft")
        draw_bars(picture, figures, y, policy, "hit", kind)
        if is_stale:
            draw_stale(picture, figures, y, policy, reads)
        else:
            draw_bars(picture, figures, y, policy, "precision", kind)
    picture.write(path, bottom + 14)


def table(figures, reads):
    def cells(policy, of):
        return " / ".join(of(share, policy) for share in SHARES)

    print("| answers are dropped by | hit ratio, % | precision, % | dropped a write | database reads of 1,000 requests | stale of a million reads |\n|---|---|---|---|---|---|")
    for policy, name, how in POLICIES:
        measure = lambda what, digits=1: cells(policy, lambda s, p: f"{figures[f'{s}.{p}.{what}']:.{digits}f}" if f"{s}.{p}.{what}" in figures else "–")
        stale = cells(policy, lambda s, p: f"{stale_per_million(figures, s, p, reads[s]):,}")
        print(f"| **{name}**: {how} | {measure('hit')} | {measure('precision')} | {measure('dropped_per_write')} | {measure('reads_of_database', 0)} | {stale} |")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    figures = read(sys.argv[1])
    reads = {share: figures[f"{share}.reads"] for share in SHARES}
    draw(figures, reads, sys.argv[2])
    table(figures, reads)


if __name__ == "__main__":
    main()
