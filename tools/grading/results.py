"""What comes out: the table, a page for each student, the picture of the slips, and the notes to go on from."""

import collections
import csv
import html
import json
import textwrap
from dataclasses import asdict, dataclass, field

from rnnlib.pictures import style

from .worker import BLANK, EDITS_JUDGE, MISSING, REACHES, SLIP, SOLVED, STOPPED, WRONG, Found

COLOURS = {
    SOLVED: "#009E73",
    SLIP: "#E69F00",
    WRONG: "#D55E00",
    STOPPED: "#CC79A7",
    REACHES: "#000000",
    EDITS_JUDGE: "#000000",
    BLANK: "#BBBBBB",
    MISSING: "#BBBBBB",
}
MOST_SLIPS = 10


@dataclass
class Row:
    """A student: the ``file`` that counts, what was found by exercise, ``remarks`` on the notebook."""

    student: str
    file: str
    found: dict
    remarks: list = field(default_factory=list)

    def points(self, worth):
        """The points of the exercises that are solved; ``worth`` has those of each."""
        return sum(worth[name] for name, found in self.found.items() if found.outcome == SOLVED)


class Notes:
    """A line of JSON for each student who is done, so that an interrupted run goes on where it was."""

    def __init__(self, path, settings):
        self.path, self.settings = path, settings

    def known(self):
        """The rows of earlier runs with the same settings, by student and fingerprint."""
        rows = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ():
            try:
                noted = json.loads(line)
            except json.JSONDecodeError:
                continue  # the last line of a run that was ended while it wrote
            if noted["settings"] == self.settings:
                found = {name: Found(**one) for name, one in noted["found"].items()}
                row = Row(noted["student"], noted["file"], found, noted["remarks"])
                rows[row.student, noted["fingerprint"]] = row
        return rows

    def add(self, row, fingerprint):
        """Note a row."""
        found = {name: asdict(one) for name, one in row.found.items()}
        noted = {"settings": self.settings, "fingerprint": fingerprint} | asdict(row) | {"found": found}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(noted) + "\n")


def write_table(path, rows, exercises, worth):
    """A row a student; for each exercise its points, empty where it was left blank, and what was found."""
    columns = [f"{exercise.number} {name}" for name, exercise in exercises.items()]
    head = ["student", "file", "points", "of", "left blank"]
    head += [part for column in columns for part in (column, f"{column}: found")] + ["remarks"]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(head)
        for row in rows:
            blank = [name for name in exercises if row.found[name].outcome in (BLANK, MISSING)]
            line = [row.student, row.file, row.points(worth), sum(worth.values()), len(blank)]
            for name in exercises:
                found = row.found[name]
                points = "" if name in blank else worth[name] if found.outcome == SOLVED else 0
                line += [points, " | ".join(found.slips) or found.outcome]
            table.writerow([harmless(cell) for cell in [*line, "; ".join(row.remarks)]])


def harmless(cell):
    """A text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff }}
section {{ border-left: 6px solid var(--found); padding: 0 0 0 1rem; margin: 2rem 0 }}
pre {{ background: #f4f4f4; padding: .7rem; overflow-x: auto; font-size: 14px }}
h2 {{ font-size: 1.15rem; margin: 0 }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{points} of {most} points. File: {file}.</p>
{remarks}
{sections}
<p>Each answer was tried on inputs that were drawn anew for the grade. A right answer may be written in any way.</p>
</body>
</html>
"""


def write_page(path, row, chapter, exercises, worth):
    """The feedback page of a student: each exercise with its points, what the check said, and the cell."""
    sections = []
    for name, exercise in exercises.items():
        found = row.found[name]
        points = worth[name] if found.outcome == SOLVED else 0
        told = found.told or {BLANK: "Left blank.", MISSING: "No cell of the notebook checks it."}.get(
            found.outcome, ""
        )
        code = f"<pre>{html.escape(found.line)}</pre>" if found.line else ""
        source = found.source and (
            f"<details><summary>Your cell</summary><pre>{html.escape(found.source)}</pre></details>"
        )
        sections.append(
            f'<section style="--found: {COLOURS[found.outcome]}">\n'
            f"<h2>{exercise.number} {html.escape(exercise.title)}: {points} of {worth[name]}</h2>\n"
            f"<p><b>{found.outcome.capitalize()}.</b> {html.escape(told)}</p>{code}{source}\n</section>"
        )
    remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in row.remarks)
    path.write_text(
        PAGE.format(
            title=html.escape(f"{row.student}: chapter {chapter.number}, {chapter.title}"),
            points=row.points(worth),
            most=sum(worth.values()),
            file=html.escape(row.file),
            remarks=remarks,
            sections="\n".join(sections),
        ),
        encoding="utf-8",
    )


def slips(rows):
    """How often each slip was made: (exercise, slip) with a number, the most frequent first."""
    made = (
        (name, slip)
        for row in rows
        for name, found in row.found.items()
        if found.outcome == SLIP
        for slip in found.slips
    )
    return collections.Counter(made).most_common()


def write_picture(path, rows, exercises):
    """What became of each exercise, and below it the most frequent slips."""
    most = slips(rows)[:MOST_SLIPS]
    names = list(exercises)[::-1]
    with style.DRAWING, style.mpl.rc_context(style.rc_params()):
        fig = style.new_figure(10, 2.0 + 0.5 * len(names) + (0.9 + 0.55 * len(most) if most else 0))
        axes = fig.subplots(2, 1, height_ratios=[len(names) + 1, len(most) + 0.5]) if most else [fig.add_subplot()]
        fig.suptitle(f"What {len(rows)} students handed in", x=0.01, ha="left")
        _draw_outcomes(axes[0], rows, exercises, names)
        if most:
            _draw_slips(axes[1], most, exercises)
        fig.savefig(path, dpi=120)


def _draw_outcomes(ax, rows, exercises, names):
    left = [0] * len(names)
    groups = {
        "solved": (SOLVED,),
        "a known slip": (SLIP,),
        "wrong in another way": (WRONG,),
        "stopped": (STOPPED,),
        "not their own": (REACHES, EDITS_JUDGE),
        "left blank": (BLANK, MISSING),
    }
    for label, outcomes in groups.items():
        counts = [sum(row.found[name].outcome in outcomes for row in rows) for name in names]
        if not any(counts):
            continue
        bars = ax.barh(range(len(names)), counts, left=left, color=COLOURS[outcomes[0]], label=label, height=0.7)
        for bar, count in zip(bars, counts, strict=True):
            if count >= 0.04 * len(rows):
                dark = outcomes[0] in (REACHES, SOLVED, WRONG)
                where = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
                ax.text(*where, count, ha="center", va="center", color="white" if dark else "black", fontsize=10)
        left = [a + b for a, b in zip(left, counts, strict=True)]
    ax.set_yticks(range(len(names)), [f"{exercises[name].number} {name}" for name in names])
    ax.set_xlim(0, len(rows))
    ax.set_xlabel("students")
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, fontsize=10, frameon=False)


def _draw_slips(ax, most, exercises):
    counts = [count for _, count in most]
    ax.barh(range(len(most)), counts, color=COLOURS[SLIP], height=0.6)
    ax.set_title("The most frequent slips", loc="left")
    labels = [textwrap.fill(f"{exercises[name].number} {slip}", 62) for (name, slip), _ in most]
    ax.set_yticks(range(len(most)), labels, fontsize=9)
    ax.invert_yaxis()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("students who made this slip")
