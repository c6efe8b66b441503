"""How long grading takes, and whether the marks agree with how the answers were made.

python tests/benchmarks/bench_grade.py                200 notebooks of chapter 4, of solutions, slips and mutants
python tests/benchmarks/bench_grade.py --distinct     no two answers alike: nothing is judged only once
python tests/benchmarks/bench_grade.py --chapter 3 --count 20
"""

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import grade
from chapters import chapters
from grading import rehearsal


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chapter", type=int, default=4)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--distinct", action="store_true")
    options = parser.parse_args()
    chapter = next(chapter for chapter in chapters() if chapter.number == options.chapter)
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "class"), Path(place, "results.csv")
        expected = rehearsal.write(folder, chapter, options.count, distinct=options.distinct)
        given = grade.options_of([str(folder), "--chapter", str(options.chapter), "--out", str(out)])
        grading = grade.Grading(given, chapter, place)
        start = time.perf_counter()
        rows = {row.student: row for row in grade.grade(grading)}
        seconds = time.perf_counter() - start
    wrong, kinds = [], collections.Counter()
    for student, answers in expected.items():
        for name, made in answers.items():
            found = rows[student].found[name]
            kinds[made["outcome"]] += 1
            if not rehearsal.agrees(made, found):
                wrong.append(f"{student} {name}: made {made}, found {found}")
    print(*wrong, sep="\n")
    print(f"made: {dict(kinds)}; marks that do not agree: {len(wrong)} of {kinds.total()}")
    print(
        f"{options.count} notebooks in {seconds:.0f} s, {given.at_once} at once; "
        f"{grading.cpu_seconds / options.count:.2f} s of processor each"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
