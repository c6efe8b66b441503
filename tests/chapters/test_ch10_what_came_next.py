"""Chapter 10: its code against rnnlib, its explorers against numbers, and what its tables say."""

import ast
import json
import math
from pathlib import Path

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch10_what_came_next.experiments import counting, memories, newton
from rnnlib.chapters.ch10_what_came_next.explorers import answers, pole, recalling, scanning, sweeping, views

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "10_what_came_next.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
SOURCES = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code" and cell["id"] != "colab"]


@pytest.fixture(scope="module")
def chapter():
    """The functions that the notebook defines, without its stubs."""
    names = {"__name__": "chapter10", "np": np, "rnnlib": rnnlib}
    for source in SOURCES:
        if ".check(" not in source:
            parts = [p for p in ast.parse(source).body if isinstance(p, ast.FunctionDef | ast.ClassDef)]
            exec(compile(ast.Module(parts, []), NOTEBOOK.name, "exec"), names)
    return names


def loop(a, b):
    h, state = np.empty_like(b), np.zeros_like(b[0])
    for t in range(len(a)):
        state = h[t] = a[t] * state + b[t]
    return h


# the scan


def test_two_tanh_steps_are_no_tanh_step():
    w, b, far = np.array([1.3, 0.7]), np.array([0.2, -0.4]), np.array([-1e3, 1e3])
    ends = np.tanh(w[1] * np.tanh(w[0] * far + b[0]) + b[1])
    np.testing.assert_allclose(ends, np.tanh(b[1] + w[1] * np.array([-1, 1])))
    assert np.abs(ends).max() < 0.9


@pytest.mark.parametrize("T", [1, 2, 3, 7, 8, 9, 100])
def test_the_scan_is_the_loop_in_log2_rounds(chapter, T):
    rng = np.random.default_rng(T)
    a, b = (rng.normal(size=(T, 2, 3)) + 1j * rng.normal(size=(T, 2, 3)) for _ in range(2))
    before = a.copy(), b.copy()
    h, rounds = chapter["scan"](a, b)
    np.testing.assert_allclose(h, loop(a, b), rtol=1e-9)
    assert rounds == math.ceil(math.log2(T))
    np.testing.assert_array_equal((a, b), before)


@pytest.mark.parametrize("T", [2, 3, 5, 8, 13, 16])
def test_the_stepper_counts_what_the_scan_does_and_its_cards_are_true(T):
    a, b = scanning.cards(T)
    h = loop(scanning.A[:T, None], scanning.B[:T, None])[:, 0]
    np.testing.assert_allclose(b[-1], h)
    assert len(a) == scanning.rounds_of(T) + 1 == math.ceil(math.log2(T)) + 1
    assert sum(scanning.joins(T, row) for row in range(1, len(a))) == newton.combinations(T)
    start = np.concatenate(([0.0], h))
    for row in range(len(a)):
        for t in range(1, T + 1):
            length = scanning.covered(t, row)
            np.testing.assert_allclose(a[row, t - 1] * start[t - length] + b[row, t - 1], h[t - 1])


def test_the_stepper_names_an_overflow_where_there_is_one():
    explorer = scanning.scan_stepper()
    for T in (7, 8, 9, 16):
        with np.errstate(over="ignore"):
            h = loop(scanning.KEPT["huge"][:T, None], scanning.B[:T, None])[:, 0]
        a, b = scanning.cards(T, "huge")
        np.testing.assert_array_equal(b[-1], h)
        for row in range(len(a)):
            explorer.set(round=row, steps=T, kept="huge")
            assert ("overflow" in explorer.sentence) == (not np.isfinite(a[row]).all())
            lost = ~np.isfinite(b[row])
            assert (f"from step {lost.argmax() + 1} on" in explorer.sentence) == bool(lost.any())
    explorer.set(kept="mild")
    assert "overflow" not in explorer.sentence


def test_the_joins_are_counted_as_the_scan_makes_them(chapter):
    for T in (2, 5, 8, 100):
        joined = sum(T - 2**k for k in range(chapter["scan"](np.ones(T), np.ones(T))[1]))
        assert newton.combinations(T) == joined
    assert newton.multiplications(1000, 8, 6) == (64000, 6 * 8977 * (8**3 + 8**2))


# Newton


def test_newton_finds_the_states_and_the_first_i_are_right_after_i_sweeps():
    for gain in (0.9, 2.0):
        W, x = newton.draw_network(gain, 1, 60)
        truth = newton.by_loop(W, x)
        for i, h in enumerate(newton.guesses(W, x, most=12)):
            np.testing.assert_allclose(h[:i], truth[:i], atol=1e-9)
    *_, last = newton.guesses(W, x, most=60)
    np.testing.assert_allclose(last, truth, atol=1e-9)


def test_a_sweep_is_newtons_step_on_all_equations_at_once():
    W, x = newton.draw_network(0.8, 0, 4)
    h = np.random.default_rng(1).uniform(-0.3, 0.3, size=(4, newton.H))

    def misses(flat):
        states = flat.reshape(h.shape)
        return (states - np.tanh(np.concatenate((np.zeros((1, newton.H)), states[:-1])) @ W.T + x)).ravel()

    flat, size = h.ravel(), h.size
    jacobian = np.array([(misses(flat + 1e-6 * e) - misses(flat - 1e-6 * e)) / 2e-6 for e in np.eye(size)]).T
    expected = flat - np.linalg.solve(jacobian, misses(flat))
    np.testing.assert_allclose(newton.sweep(W, x, h).ravel(), np.clip(expected, -1, 1), atol=1e-7)


def test_the_exponent_is_the_growth_of_a_small_error():
    W, x = newton.draw_network(0.9, 3, 400)
    h = newton.by_loop(W, x)
    nudged = newton.by_loop(W, np.concatenate((x[:1] + 1e-9, x[1:])))
    sizes = np.log(np.linalg.norm(nudged - h, axis=1)[:12])
    assert np.diff(sizes).mean() == pytest.approx(newton.lyapunov(W, h), abs=0.15)


def test_the_table_of_sweeps_is_measured():
    table = newton.newton_table()
    gains = [newton.GAINS.index(gain) for gain in (0.5, 1.0)]
    fresh = newton.newton_run(100, "alone")
    for place in gains:
        np.testing.assert_array_equal(fresh[0, place], table[100, "alone"][0][place])
        np.testing.assert_allclose(fresh[1, place], table[100, "alone"][1][place], atol=1e-4)


def test_what_the_sentence_about_newton_says_is_in_the_table():
    explorer = sweeping.sweeps_against_gain()
    for gain, kind in ((0.9, "mixing"), (2.0, "alone"), (1.3, "mixing")):
        explorer.set(gain=gain, kind=kind)
        counts = newton.newton_table()[1000, kind][0][newton.GAINS.index(gain)]
        assert f"{counts.min():.0f}" in explorer.sentence
        off = sweeping.errors(kind)[newton.GAINS.index(gain)].max(axis=1)
        done = np.flatnonzero(off <= -10)
        assert (f"after {done[0]} sweeps" if len(done) else "not all right") in explorer.sentence


# one eigenvalue


@pytest.mark.parametrize(("radius", "degrees"), [(0.99, 0), (0.95, 40), (1.004, 180)])
def test_the_explorer_shows_a_linear_network_with_this_eigenvalue(radius, degrees):
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    cell = rnnlib.Elman.from_params({"W_x": np.eye(2), "W_s": radius * turn, "b_s": np.zeros(2)}, activation="linear")
    x = np.zeros((pole.STEPS + 1, 1, 2))
    x[0, 0, 0] = 1
    states = rnnlib.unroll(cell, x).outputs[:, 0]
    powers = pole.response(radius, degrees)
    np.testing.assert_allclose(np.stack((powers.real, powers.imag), axis=-1), states, rtol=1e-9, atol=1e-8)


def test_gamma_brings_the_state_to_variance_one():
    rng, size = np.random.default_rng(0), 0.98
    state = np.zeros(5000)
    for b_t in np.sqrt(1 - size**2) * rng.normal(size=(400, 5000)):
        state = size * state + b_t
    assert state.var() == pytest.approx(1, abs=0.1)


# minGRU and parity


def test_what_a_min_gru_says_over_ones_turns_at_most_h_times():
    rng, H, most = np.random.default_rng(2), 3, 0
    ones = rnnlib.Batch(np.tile(np.eye(2)[1], (300, 1, 1)), np.arange(1, 301)[:, None] % 2)
    for _ in range(300):
        model = rnnlib.Model(rnnlib.MinGRU(2, H, rng=rng), 2, rng=rng)
        for array in model.params.values():
            array[...] = 3 * rng.normal(size=array.shape)
        classes = model.predict(ones.x)[:, 0]
        most = max(most, np.count_nonzero(np.diff(classes)))
        assert (classes != ones.targets[:, 0])[: H + 2].any()
    assert 1 <= most <= H


def test_so_long_a_run_of_ones_hardly_occurs_in_20_bits():
    ones = counting.held_out(20).x[..., 1].astype(bool).T
    runs = [max(map(len, "".join("1" if bit else " " for bit in row).split() or [""])) for row in ones]
    assert max(runs) < 16 + 2


def test_a_factor_of_minus_one_makes_parity_of_one_unit(chapter):
    bits = counting.draw_counts(np.random.default_rng(3), 5, 37)
    a = 1 - 2 * bits.x[..., 1]
    b = np.zeros_like(a)
    b[0] = a[0]
    np.testing.assert_array_equal(chapter["scan"](a, b)[0] < 0, bits.targets == 1)


def test_the_saved_trainings_are_those_that_the_code_makes():
    names, table = counting.CONTESTS[2][1], counting.counting_table()
    for name in ("minGRU, gate in (−1, 1)", "delta rule, β up to 2"):
        accuracy, _, seen = counting.counting_run(name, 0, 2)
        place = names.index(name)
        np.testing.assert_allclose(accuracy[:5], table["2.accuracy"][place, 0, :5], atol=0.02)
        np.testing.assert_allclose(seen[:5], table["2.transitions"][place, 0, :5], atol=1e-3)
        assert accuracy[-1] >= counting.SOLVED


def test_who_counts_and_who_does_not():
    two, three = counting.solved(2), counting.solved(3)
    assert two["minGRU, gate in (0, 1)"] == two["delta rule, β up to 1"] == 0
    assert two["minGRU, gate in (−1, 1)"] == two["delta rule, β up to 2"] == two["GRU"] == counting.SEEDS == 12
    assert three["delta rule, β up to 2"] == three["minGRU, gate in (−1, 1)"] == 0
    assert three["two delta steps, β up to 2"] == three["GRU"] == 12
    shut = counting.counting_table()["2.accuracy"][counting.CONTESTS[2][1].index("minGRU, gate in (0, 1)")]
    assert shut[:, -1].max() < 0.6


def test_the_min_gru_fades_before_the_delta_rule_and_the_gru_does_not():
    far = counting.far(2)
    gru, delta, small = (far[name] for name in ("GRU", "delta rule, β up to 2", "minGRU, gate in (−1, 1)"))
    assert gru.min() > 0.99
    assert small[:, 0].min() > 0.99
    assert small[:, 9].mean() < 0.85 < 0.95 < delta[:, 9].mean()
    assert small[:, 24].max() < 0.65 < delta[:, 24].mean()
    assert 0 < np.sum(delta[:, -1] >= 0.99) < 6


def test_the_learned_keys_are_at_a_right_angle_and_a_one_reflects():
    place = counting.CONTESTS[2][1].index("delta rule, β up to 2")
    learned = counting.counting_table()["2.transitions"][place, :, -1]
    assert np.abs(learned[:, 2]).max() < 0.07
    assert learned[:, 1].max() < -0.97


def test_both_learn_to_add():
    gru, small = counting.counting_table()["adding"][..., -1]
    assert max(gru.max(), small.max()) < 1 / 12 / 10
    assert (gru < small).all()


# linear attention and the delta rule


def test_both_views_give_the_same_output_at_every_step():
    q, _, v = views.sequence()
    for kept in (1.0, 0.8):
        table = views.scores(kept)
        for t in range(1, views.T + 1):
            np.testing.assert_allclose(table[t - 1] @ v, views.memory(t, kept) @ q[t - 1], atol=1e-12)
            assert not table[t - 1, t:].any()


def test_whole_numbers_agree_to_the_last_bit(chapter):
    rng = np.random.default_rng(4)
    q, k, v = (rng.integers(-5, 6, size=(80, n)).astype(float) for n in (7, 7, 3))
    np.testing.assert_array_equal(chapter["by_recurrence"](q, k, v), chapter["by_attention"](q, k, v))


@pytest.mark.parametrize("beta", [0.0, 0.35, 1.0, 2.0])
def test_the_answer_moves_along_the_line_and_the_eigenvalues_are_those_of_the_step(beta):
    error = answers.BEFORE - answers.WANTED
    np.testing.assert_allclose(answers.answer_after(beta) - answers.WANTED, (1 - beta) * error, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(answers.transition(beta, 33)), sorted((1, 1 - beta)), atol=1e-12)


def test_two_reflections_turn_by_twice_the_angle():
    for degrees in (30, 45, 60):
        angle = np.degrees(np.angle(answers.two_steps(2.0, degrees)[0]))
        assert angle == pytest.approx(2 * degrees)
    step = answers.transition(2.0, 0) @ answers.transition(2.0, 60)
    np.testing.assert_allclose(np.linalg.matrix_power(step, 3), np.eye(2), atol=1e-12)


@pytest.mark.parametrize("beta", np.linspace(0, 2, 9))
def test_the_sentence_about_two_steps_is_true(beta):
    explorer = answers.correcting()
    for degrees in (0, 30, 60, 90):
        explorer.set(beta=beta, degrees=degrees)
        pair = answers.two_steps(beta, degrees)
        assert np.abs(pair).max() <= 1 + 1e-12
        assert ("turn by" in explorer.sentence.split("Two")[1]) == (
            bool(np.abs(pair.imag).max() > 1e-9) or (pair.real.max() < 0 and beta > 0)
        ) or "nothing" in explorer.sentence


# recall


def test_the_error_of_the_sum_is_the_formula():
    for d, n in ((16, 24), (32, 32), (64, 48)):
        draws = [memories.draw_pairs(np.random.default_rng(seed), d, n) for seed in range(60)]
        errors = [memories.recall(draw, "sum")[2].mean() for draw in draws]
        assert np.mean(errors) == pytest.approx((n - 1) / d, rel=0.06)


def test_the_delta_rule_is_exact_for_the_newest_and_fades_as_the_formula_says():
    d, n, signals = 16, 48, []
    for seed in range(200):
        signal, _, error = memories.recall(memories.draw_pairs(np.random.default_rng(seed), d, n), "delta rule, β = 1")
        signals.append(signal)
        assert error[-1] < 1e-20
    expected = recalling.expected("delta rule, β = 1", d, n, False)
    np.testing.assert_allclose(np.mean(signals, axis=0), expected, atol=0.06)
    np.testing.assert_allclose(expected, (1 - 1 / d) ** np.arange(n)[::-1])


def test_every_kind_is_the_memory_it_says():
    writing = memories.draw_pairs(np.random.default_rng(1), 8, 6, twice=True)
    keys, values = writing.keys, writing.values
    assert (len(keys), writing.asked) == (12, 6)
    S = {"sum": np.zeros((8, 8)), "gated sum": np.zeros((8, 8))} | dict.fromkeys(memories.BETAS, np.zeros((8, 8)))
    for k, v in zip(keys, values, strict=True):
        S["sum"] = S["sum"] + np.outer(v, k)
        S["gated sum"] = (1 - 1 / 8) * S["gated sum"] + np.outer(v, k)
        for kind, beta in memories.BETAS.items():
            S[kind], _ = rnnlib.delta_step(S[kind], k, v, beta)
    for kind, memory in S.items():
        np.testing.assert_allclose(memories.read_back(kind, keys, values, 6), keys[-6:] @ memory.T, atol=1e-12)
    weights = np.exp(np.sqrt(8) * keys[-6:] @ keys.T)
    attended = weights / weights.sum(axis=1, keepdims=True) @ values
    np.testing.assert_allclose(memories.read_back("softmax attention", keys, values, 6), attended, atol=1e-12)


def test_the_table_of_recall_is_measured():
    for d, multiple, twice, kind in ((8, 1, False, "sum"), (16, 0.5, True, "delta rule, β = 0.5")):
        right, error = memories.recall_run(d, multiple, twice, kind)
        assert memories.accuracy(d, round(multiple * d), twice, kind) == pytest.approx(right, abs=1e-6)
        assert memories.error(d, round(multiple * d), twice, kind) == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize("d", [16, 32, 64])
def test_the_surprises_of_recall(d):
    right, wrong = memories.accuracy, memories.error
    for n in (d, 2 * d, 4 * d):
        assert right(d, n, False, "sum") > right(d, n, False, "delta rule, β = 1")
        assert wrong(d, n, False, "sum") > wrong(d, n, False, "delta rule, β = 1")
        assert right(d, n, False, "softmax attention") > 0.99
        assert right(d, n, True, "delta rule, β = 0.5") >= right(d, n, True, "sum")
    assert right(d, d, True, "delta rule, β = 1") > right(d, d, True, "sum") + 0.2
    assert 0.4 < right(d, d, True, "softmax attention") < 0.6
    assert right(d, d, False, "best matrix") == 1


def test_any_d_independent_pairs_fit_into_the_best_matrix():
    writing = memories.draw_pairs(np.random.default_rng(0), 24, 24)
    assert memories.recall(writing, "best matrix")[2].max() < 1e-16


def test_the_sentence_of_recall_is_in_the_table():
    explorer = recalling.recall_by_age()
    for kind, multiple, d, twice in (("sum", 2, 16, False), ("softmax attention", 1, 64, True)):
        explorer.set(kind=kind, multiple=multiple, d=d, twice=twice)
        assert f"{memories.accuracy(d, multiple * d, twice, kind):.0%} right words" in explorer.sentence
        best = max(memories.accuracy(d, multiple * d, twice, other) for other in memories.KINDS)
        assert explorer.sentence.endswith(f"{best:.0%}.")
