"""No wrong answer passes: constants in place of arguments, answers to one case alone, one-step changes of solutions."""

import builtins
import json

import numpy as np
import pytest
from chapters import chapters
from mutant_answers import is_equal, judge, mutants
from other_answers import OTHER_ANSWERS

from rnnlib.judging import (
    DesignExercise,
    Exercise,
    FunctionExercise,
    PencilExercise,
    Slip,
    TrainingExercise,
    exercises_of,
)
from rnnlib.judging.grading import private_codes, watch, watched
from rnnlib.judging.learner import same

EXERCISES = {
    f"{chapter.package}.{name}": (chapter, exercise)
    for chapter in chapters()
    for name, exercise in exercises_of(chapter.exercises).items()
}
FUNCTIONS = {name: exercise for name, (_, exercise) in EXERCISES.items() if isinstance(exercise, FunctionExercise)}


@pytest.fixture(params=FUNCTIONS.values(), ids=FUNCTIONS.keys())
def exercise(request):
    return type(request.param)()


def own_copy(exercise):
    """The solution, typed in anew."""
    names = dict(type(exercise).answer.__globals__)
    exec(exercise.solution().code, names)
    return names["answer"]


@pytest.mark.sample(16)
@pytest.mark.parametrize("seed", [None, 4])
def test_no_argument_can_be_replaced_by_a_value_of_one_case(exercise, seed):
    cases, solution = exercise.cases(seed), own_copy(exercise)
    for name in cases[0]:
        for number, fixed in enumerate(cases):
            verdict = exercise.check(
                lambda name=name, fixed=fixed, **arguments: solution(**arguments | {name: fixed[name]}), seed
            )
            assert not verdict.solved, f"{name} fixed at its value in case {number} is taken for right"


@pytest.mark.sample(8)
def test_the_right_answer_to_one_case_alone_is_not_enough(exercise):
    for number, right in enumerate(exercise.cases()):
        wanted = exercise.reference(**right)

        def one_case(wanted=wanted, **arguments):
            return wanted

        def right_there(right=right, number=number, wanted=wanted, **arguments):
            if all(same(arguments[name], value) for name, value in right.items()):
                return wanted
            parts = [part + 1 for part in exercise.parts(exercise.reference(**arguments))]
            return tuple(parts) if len(exercise.returns) > 1 else parts[0]

        for answer in (one_case, right_there):
            verdict = exercise.check(answer)
            assert not verdict.solved
            assert "yours is" not in verdict.text.lower() or _two_numbers_differ(verdict.text), verdict.text


def _two_numbers_differ(text):
    yours, should = text.lower().split("yours is ")[1].split(", it should be ")
    return yours != should.rstrip(".")


@pytest.mark.sample(8)
def test_constants_and_the_inputs_themselves_are_not_enough(exercise):
    answers = [lambda value=value, **arguments: value for value in (0, 1, 0.0, 1.0, 42.0)]
    answers += [lambda name=name, **arguments: arguments[name] for name in exercise.cases()[0]]
    if len(exercise.returns) > 1:
        count = len(exercise.returns)
        answers += [lambda value=value, **arguments: (value,) * count for value in (0, 1)]
    for answer in answers:
        verdict = exercise.check(answer)
        assert not verdict.solved
        assert "times what it should be" not in verdict.text, verdict.text


@pytest.mark.sample(8)
def test_a_sample_of_the_mutants_is_refused_or_equal(exercise):
    every = list(mutants(exercise))
    rng = np.random.default_rng(8)
    for place in rng.permutation(len(every))[:8]:
        mutant, function = every[place]
        what, verdict = judge(exercise, function)
        assert what != "accepted wrongly", f"{mutant.words}\n{mutant.code}"
        assert what == "equal" or len(verdict.text) > 20


@pytest.mark.sample(8)
def test_a_wrong_function_that_is_right_on_the_usual_inputs_is_found_by_a_seed(exercise):
    known = exercise.cases()

    def learnt(**arguments):
        for case in known:
            if all(same(arguments[name], value) for name, value in case.items()):
                return exercise.reference(**case)
        return 0

    assert exercise.check(learnt).solved
    assert not exercise.check(learnt, seed=1).solved
    assert not is_equal(exercise, learnt)


def set_up(path):
    """The code of the cell that imports the chapter."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if "from rnnlib.chapters." in "".join(cell["source"]))


@pytest.mark.sample(20)
@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_pasted_after_the_set_up_cell_passes(name):
    chapter, exercise = EXERCISES[name]
    names = {"__builtins__": builtins}
    exec(set_up(chapter.path), names)
    exec(type(exercise)().solution().code, names)
    takes_a_function = isinstance(exercise, FunctionExercise | DesignExercise)
    answer = names["answer"] if takes_a_function else names["answer"]()
    assert type(exercise)().check(answer).solved


def test_each_number_of_a_pencil_answer_is_judged_alone():
    for _, exercise in EXERCISES.values():
        if not isinstance(exercise, PencilExercise):
            continue
        right = np.atleast_1d(np.asarray(exercise.reference(), dtype=float))
        for place in range(len(right)):
            if len(right) == 1:
                continue
            off = right.copy()
            off[place] += 17.77
            text = type(exercise)().check(off.tolist()).text
            assert f"{exercise.names[place]} is not right yet" in text, text
            others = [name for k, name in enumerate(exercise.names) if k != place]
            assert all(other in text.split(": right. ")[0] for other in others), text


def test_for_a_grade_an_answer_that_calls_the_solution_is_told_so(exercise):
    kind = type(exercise)

    def through_the_class(**arguments):
        return kind.answer(**arguments)

    def through_the_reference(**arguments):
        return exercise.reference(**arguments)

    def catches_everything(**arguments):
        try:
            return exercise.answer(**arguments)
        except BaseException:
            return 0

    for answer in (kind.answer, through_the_class, through_the_reference, catches_everything):
        assert "calls the solution" in exercise.check(answer, seed=3).text
    assert exercise.check(own_copy(exercise), seed=3).solved


@pytest.mark.sample(8)
def test_for_a_grade_nobody_who_wrote_the_answer_is_told_to_have_reached_for_the_solution(exercise):
    code, names = exercise.solution_code(), type(exercise).answer.__globals__
    slips = [slip.wrong(code, names) for slip in exercise.mistakes if isinstance(slip, Slip)]
    wrong = slips + [function for _, function in mutants(exercise)[::9]]
    for answer in wrong:
        assert "calls the solution" not in type(exercise)().check(answer, seed=5).text


@pytest.mark.parametrize("name", [name for name in EXERCISES if OTHER_ANSWERS.get(name)])
def test_for_a_grade_a_right_answer_written_another_way_passes(name):
    exercise = EXERCISES[name][1]
    if not isinstance(exercise, DesignExercise | TrainingExercise):  # these train for long; bench_grade.py grades them
        for answer in OTHER_ANSWERS[name]:
            verdict = type(exercise)().check(answer, seed=5)
            assert verdict.solved, verdict


def test_the_broken_function_of_a_bug_hunt_can_be_run_for_a_grade():
    hunt = type(EXERCISES["ch2_bptt.find_the_bug"][1])()
    case = hunt.cases(5)[0]
    with watch(private_codes(Exercise)), watched() as reached:
        hunt.show()
        hunt.broken(**case)
        assert not reached
        hunt.answer(**case)
    assert "answer" in reached
