"""Hand every one-step change of every solution to its check, and see that none is taken for right.

python tools/mutant_answers.py                 all mutants: one line in the end, and what was accepted wrongly
python tools/mutant_answers.py --told 100      a sample of what was told, to be read
python tools/mutant_answers.py --plain         without the judge's own comparison with the mutants
python tools/mutant_answers.py rnn_step        the mutants of some exercises, by name

A mutant that passes is run on fresh inputs: where it gives the right numbers there too, it is equal to the solution.
"""

import argparse
import collections
import sys

import numpy as np
from chapters import chapters
from tqdm import tqdm

from rnnlib.judging import FunctionExercise, exercises_of, explanation, remarks
from rnnlib.judging.comparison import agree
from rnnlib.judging.learner import Problem, call

SEEDS = 12


def function_exercises():
    """Every exercise that asks for a function, by its name."""
    return {
        f"{chapter.package}.{name}": exercise
        for chapter in chapters()
        for name, exercise in exercises_of(chapter.exercises).items()
        if isinstance(exercise, FunctionExercise)
    }


def mutants(exercise):
    """The mutants of an exercise's solution that compile, each with its function."""
    data = tuple(name for name, value in exercise.cases()[0].items() if not callable(value))
    return remarks.mutants_with_functions(type(exercise), data)


def is_equal(exercise, function):
    """Whether a function gives the right numbers on the inputs of many seeds."""
    for seed in range(SEEDS):
        for case in exercise.cases(seed):
            wanted = exercise.parts(exercise.reference(**case))
            try:
                given = exercise.read(call(function, case, quiet=True, once=True), wanted)
            except Problem:
                return False
            if not agree([given], [wanted]):
                return False
    return True


def judge(exercise, function):
    """What becomes of a mutant: 'equal', 'accepted wrongly', 'stopped', or the kind of what it is told; the words."""
    verdict = type(exercise)().check(function)
    if verdict.solved:
        return ("equal" if is_equal(exercise, function) else "accepted wrongly"), verdict
    if verdict.kind == "problem":
        return "stopped", verdict
    return verdict.kind, verdict


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of the names of exercises; all without")
    parser.add_argument("--told", type=int, default=0, metavar="N", help="print a sample of N told sentences")
    parser.add_argument("--plain", action="store_true", help="without the judge's comparison with the mutants")
    parser.add_argument("--numbers", action="store_true", help="print the mutants that get numbers only")
    options = parser.parse_args(arguments)
    if options.plain:
        probed = remarks.probe
        explanation.probe = lambda *given: probed(*given, with_mutants=False)
    counts, told, passed = collections.Counter(), [], []
    chosen = {
        name: exercise
        for name, exercise in function_exercises().items()
        if not options.names or any(part in name for part in options.names)
    }
    if not chosen:
        raise SystemExit(f"no exercise is called {' or '.join(options.names)}")
    for name, exercise in tqdm(chosen.items(), desc="exercises", disable=None):
        for mutant, function in mutants(exercise):
            what, verdict = judge(exercise, function)
            counts[what] += 1
            if what == "accepted wrongly":
                passed.append(f"{name}: {mutant.words}\n{mutant.code}")
            elif what != "equal":
                told.append((what, f"{name}: {mutant.words}\n    {verdict}"))
    shown = [text for what, text in told if what in ("known slip", "shown", "numbers")]
    for place in np.random.default_rng(0).permutation(len(shown))[: options.told]:
        print(shown[place], "\n")
    if options.numbers:
        print("\n".join(text for what, text in told if what == "numbers"))
    print("\n".join(passed))
    refused = len(told)
    named = counts["known slip"] + counts["shown"] + counts["stopped"]
    share = named / refused if refused else 1.0
    answered = counts["known slip"] + counts["shown"] + counts["numbers"]
    print(
        f"mutants {sum(counts.values())}, accepted wrongly {counts['accepted wrongly']}, named {share:.0%}: equal to "
        f"the solution {counts['equal']}, stopped with the learner's line {counts['stopped']}; of {answered} with "
        f"numbers: known slip {counts['known slip']}, shown {counts['shown']}, numbers only {counts['numbers']}"
    )
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
