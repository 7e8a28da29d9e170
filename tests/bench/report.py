"""docs/performance.md and its chart, from the results of a whole run."""
import math
import os
from xml.sax.saxutils import escape

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")

INK, SOFT, GRID = "#1f2933", "#5b6770", "#d9dee3"
BAR, BAR_SOFT = "#2f6fb2", "#a9c7e6"  # one hue: at or above the goal, below it
GOAL = 4.0


def ratio(results, own="phial"):
    elixir = results.get("elixir")
    return elixir.wall / results[own].wall if elixir and not elixir.problem else None


def ratios(rows, own):
    """(ratio, name) of every program, the least first."""
    return sorted((ratio(r, own), p.name) for p, r in rows if ratio(r, own))


def geometric_mean(found):
    return math.exp(sum(math.log(value) for value, _ in found) / len(found))


def by_group(rows):
    groups = {}
    for program, results in rows:
        groups.setdefault(program.group, []).append((program, results))
    return groups


def chart(rows):
    """Horizontal bars on a logarithmic scale, from the line where both are equal; groups beneath each other."""
    rows = [row for row in rows if ratio(row[1])]
    groups = by_group(rows)
    line, gap, top, left, width, right = 20, 30, 96, 190, 600, 70
    low = min(0.5, min(ratio(r) for _, r in rows))
    high = max(16.0, max(ratio(r) for _, r in rows))
    span = math.log(high / low)
    height = top + len(rows) * line + len(groups) * gap + 46
    total = left + width + right

    def x(value):
        return left + width * math.log(value / low) / span

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" width="{total}" height="{height}" '
        f'font-family="Inter, Helvetica, Arial, sans-serif" role="img" aria-label="Elixir\'s time over Phial\'s, a bar a program">',
        f'<rect width="{total}" height="{height}" rx="10" fill="#ffffff"/>',
        f'<text x="24" y="36" font-size="20" font-weight="600" fill="{INK}">How many times faster than Elixir on OTP\'s JIT</text>',
        f'<text x="24" y="58" font-size="13" fill="{SOFT}">Whole process, median; logarithmic scale. A full bar reaches the goal of {GOAL:g}, a pale one does not yet.</text>',
    ]
    ticks = [t for t in (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128) if low <= t <= high]
    for tick in ticks:
        strong = tick in (1, GOAL)
        dashes = ' stroke-dasharray="3 3"' if tick == GOAL else ""
        out.append(f'<line x1="{x(tick):.1f}" y1="{top - 8}" x2="{x(tick):.1f}" y2="{height - 34}" stroke="{SOFT if strong else GRID}" '
                   f'stroke-width="{1.2 if strong else 1}"{dashes}/>')
        for y in (top - 14, height - 16):
            out.append(f'<text x="{x(tick):.1f}" y="{y}" font-size="12" text-anchor="middle" fill="{INK if strong else SOFT}">{tick:g}×</text>')
    y = top
    for group, members in groups.items():
        out.append(f'<text x="24" y="{y + 20}" font-size="13" font-weight="600" fill="{INK}">{escape(group[0].upper() + group[1:])}</text>')
        y += gap
        for program, results in members:
            value = ratio(results)
            start, end = sorted((x(1), x(value)))
            label = f"{value:.1f}" if value < 10 else f"{value:.0f}"
            out.append(f'<text x="{left - 10}" y="{y + 13}" font-size="12.5" text-anchor="end" fill="{INK}">{escape(program.name.replace("_", " "))}</text>')
            out.append(f'<rect x="{start:.1f}" y="{y + 2}" width="{max(end - start, 1.5):.1f}" height="{line - 6}" rx="2" '
                       f'fill="{BAR if value >= GOAL else BAR_SOFT}"/>')
            out.append(f'<text x="{max(end, x(1)) + 6:.1f}" y="{y + 13}" font-size="12" fill="{INK}">{label}</text>')
            y += line
    out.append("</svg>")
    return "\n".join(out) + "\n"


def seconds(result):
    return f"{result.wall:.3f}" if result and not result.problem else ""


def table(rows):
    out = ["| program | first run, s | Phial, s | Elixir, s | ratio, first | ratio | processor time | peak, MB | one |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for group, members in by_group(rows).items():
        out.append(f"| **{group}** | | | | | | | | |")
        for program, results in members:
            first, own, elixir = results["first"], results["phial"], results.get("elixir")
            each = ""
            if program.operations:
                one = own.wall / program.operations
                each = f"{one * 1e9:.0f} ns" if one < 1e-6 else f"{one * 1e6:.2f} µs"
            if elixir and not elixir.problem:
                out.append(f"| {program.name} | {first.wall:.3f} | {own.wall:.3f} | {elixir.wall:.3f} | {elixir.wall / first.wall:.2f} | {elixir.wall / own.wall:.2f} | {elixir.cpu / max(own.cpu, 1e-3):.2f} | "
                           f"{own.megabytes:.0f} : {elixir.megabytes:.0f} | {each} |")
            else:
                out.append(f"| {program.name} | {first.wall:.3f} | {own.wall:.3f} | | | | | {own.megabytes:.0f} | {each} |")
    return "\n".join(out)


def twins(rows):
    out = ["| program | Phial | C, -O2 | LuaJIT | Lua 5.4 | Elixir |", "|---|--:|--:|--:|--:|--:|"]
    for program, results in rows:
        if "c" in results:
            out.append(f"| {program.name} | {results['phial'].wall:.3f} | {seconds(results['c'])} | {seconds(results.get('luajit'))} | "
                       f"{seconds(results.get('lua'))} | {seconds(results.get('elixir'))} |")
    return "\n".join(out)


def write(rows, runs, machine):
    later, first = ratios(rows, "phial"), ratios(rows, "first")
    with open(os.path.join(DOCS, "performance.svg"), "w", encoding="utf-8") as file:
        file.write(chart(rows))
    with open(os.path.join(DOCS, "performance.md"), "w", encoding="utf-8") as file:
        file.write(f"""# Performance

`./dev bench --write` wrote this page: {len(rows)} programs (`tests/bench/programs`), each run {runs} times, whole, from process start to
exit, in turn with the others; medians. A ratio is Elixir's time over Phial's. *First run*: with an empty cache, so that what turns hot is compiled while the program
runs; from then on its native code is found on disk.

**Geometric mean {geometric_mean(later):.2f}, least {later[0][0]:.2f} ({later[0][1]}), most {later[-1][0]:.1f} ({later[-1][1]}).
A first run: {geometric_mean(first):.2f}, least {first[0][0]:.2f} ({first[0][1]}).**

![How many times faster than Elixir, a bar a program](performance.svg)

| | |
|---|---|
| processor | {machine['processor']} |
| memory | {machine['memory']} |
| system | {machine['system']} |
| Phial | {machine['phial']} |
| Elixir | {machine['elixir']} |
| date | {machine['date']} |

## Every program

*Ratio* is of whole-process time, *processor time* the ratio of user and system time, *peak* resident memory of Phial and Elixir, *one* Phial's time
over the number of the program's operations (calls, processes, hops; start-up included).

{table(rows)}

## Beside C and Lua

The same computation, in seconds, whole process.

{twins(rows)}

How cost grows with size, and what a second scheduler gains: `./dev bench --scaling`. How to find out why something is slow:
[architecture/performance.md](architecture/performance.md).
""")
