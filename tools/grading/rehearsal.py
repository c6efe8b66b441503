"""A made-up class, to try the grading on: notebooks made from solutions, known slips and one-step mutants.

Beside the folder goes a file ``…_expected.json``: for each student and exercise the outcome that the answer was made
to have.
"""

import copy
import json

import nbformat
import numpy as np

from rnnlib.judging import DesignExercise, FunctionExercise, Slip, exercises_of, remarks
from rnnlib.judging.mutants import mutants_of

from . import cells as of_notebook
from .worker import BLANK, SLIP, SOLVED, STOPPED, WRONG, short

# How often each kind of answer is made up.
SHARES = {"solution": 0.5, "slip": 0.25, "mutant": 0.15, "blank": 0.1}
REFUSED = "refused"
TRIED = "tried"  # a changed task may still do what it should
WITH_OUTPUTS = 4  # one notebook of so many is handed in with its pictures


def answers(exercise):
    """Made-up answers by kind: lists of pairs, the code of a cell that defines ``answer``, and what is expected."""
    solution = exercise.solution_code()
    made = {"solution": [(solution, {"outcome": SOLVED})], "slip": [], "mutant": []}
    for mistake in exercise.mistakes:
        expected = {"outcome": SLIP, "slip": short(mistake.message)}
        if isinstance(mistake, Slip):
            made["slip"].append((mistake.text(solution), expected))
        elif not isinstance(exercise, FunctionExercise | DesignExercise):
            made["slip"].append((f"def answer():\n    return {mistake.answer()!r}", expected))
    if isinstance(exercise, FunctionExercise):
        data = tuple(name for name, value in exercise.cases()[0].items() if not callable(value))
        for mutant, function in remarks.mutants_with_functions(type(exercise), data):
            if "random" not in mutant.code and not _is_right(exercise, function):
                made["mutant"].append((mutant.code, {"outcome": REFUSED}))
    if isinstance(exercise, DesignExercise):
        made["mutant"] = [(mutant.code, {"outcome": TRIED}) for mutant in mutants_of(solution)]
    return made


def _is_right(exercise, function, seeds=6):
    """Whether a function gives the numbers of the reference on fresh inputs, and leaves them as they are."""
    for seed in range(seeds):
        for case in exercise.cases(1000 + seed):
            given = copy.deepcopy(case)
            try:
                with np.errstate(all="ignore"):
                    result = exercise.parts(function(**given))
                wanted = exercise.parts(exercise.reference(**case))
                same = all(np.allclose(a, b, rtol=1e-6, atol=1e-9) for a, b in zip(result, wanted, strict=True))
            except Exception:  # a mutant that stops
                return False
            if not same:
                return False
    return True


def cell_source(exercise, name, code):
    """The cell of an exercise with an answer written into it."""
    takes_a_function = isinstance(exercise, FunctionExercise | DesignExercise)
    return f"{code}\n\n\nexercises.{name}.check(answer{'' if takes_a_function else '()'})"


def agrees(expected, found):
    """Whether what was found is what an answer was made to have."""
    wanted, outcome = expected["outcome"], found.outcome
    if wanted == SLIP:
        return outcome == SLIP and expected["slip"] in found.slips
    if wanted == REFUSED:
        return outcome in (SLIP, WRONG, STOPPED)
    if wanted == TRIED:
        return outcome in (SOLVED, WRONG, STOPPED)
    return outcome == wanted


def write(folder, chapter, count, seed=0, distinct=False):
    """Write ``count`` notebooks of the ``chapter`` into ``folder``, and what is expected of them; that, by student.

    With ``distinct`` no two answers are the same code.
    """
    rng = np.random.default_rng(seed)
    exercises = exercises_of(chapter.exercises)
    pool = {name: answers(exercise) for name, exercise in exercises.items()}
    notebook = nbformat.read(chapter.path, as_version=4)
    places = {
        name: k
        for k, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        for name in of_notebook.cell_of(cell.source).checks
    }
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for number in range(count):
        student, made = f"student_{number + 1:03}_{chapter.path.stem}", copy.deepcopy(notebook)
        expected[student] = {}
        for name, exercise in exercises.items():
            kinds = [kind for kind in SHARES if kind == "blank" or pool[name][kind]]
            shares = np.array([SHARES[kind] for kind in kinds])
            kind = rng.choice(kinds, p=shares / shares.sum())
            if kind == "blank":
                expected[student][name] = {"outcome": BLANK}
                continue
            code, expected[student][name] = pool[name][kind][rng.integers(len(pool[name][kind]))]
            more = f"whose = {number}\n\n\n" if distinct else ""
            made.cells[places[name]].source = more + cell_source(exercise, name, code)
        if number % WITH_OUTPUTS:
            for cell in made.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
        nbformat.write(made, folder / f"{student}.ipynb")
    (folder.parent / f"{folder.name}_expected.json").write_text(json.dumps(expected, indent=1), encoding="utf-8")
    return expected
