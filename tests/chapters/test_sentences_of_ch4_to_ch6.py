"""What the explorers of chapters 4 to 6 say, computed again from rnnlib at random positions, ends included."""

import re
from functools import cache

import numpy as np
import pytest
from sentences import positions, said_at, value

import rnnlib
from rnnlib.chapters.ch4_lstm import explorers as lstm
from rnnlib.chapters.ch4_lstm.explorers import marks
from rnnlib.chapters.ch5_gru import explorers as gru
from rnnlib.chapters.ch6_bidirectional import experiments
from rnnlib.chapters.ch6_bidirectional import explorers as bidirectional
from rnnlib.pictures.figures.gradients import leaving
from rnnlib.tasks import slot_filling

NUMBER = re.compile(r"−?\d[\d\u202f]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|−?inf|NaN")


def numbers(text):
    return [value(found) for found in NUMBER.findall(text)]


def same(said, true):
    """Whether a number of two digits is the true one.

    A gradient that has grown by 10⁹ carries rounding errors that have grown as much: there only its size is compared,
    to a power of ten.
    """
    return np.isclose(said, true, rtol=0.06, atol=1e-300) if true < 1e9 else abs(np.log10(said / true)) < 1


def rounds_to(said, true, decimals):
    return abs(said - true) <= 0.5000001 * 10.0**-decimals


@pytest.mark.sentences("ch4_lstm.hold")
def test_hold():
    for chosen, sentence in positions(lstm.hold):
        squashed, summed = [np.array([0.2, 0.5, 0.8])] * 2
        for _ in range(100):
            squashed, summed = np.tanh(chosen["weight"] * squashed), chosen["kept"] * summed
        said = numbers(sentence)
        assert said[:5] == [0.2, 0.5, 0.8, 100, pytest.approx(chosen["weight"])]
        assert all(map(rounds_to, said[5:8], squashed, [2] * 3))
        assert all(map(rounds_to, said[-3:], summed, [2] * 3))
        assert ("are gone" in sentence) == bool(squashed.max() < 0.005)
        assert ("one number" in sentence) == bool(np.ptp(squashed) < 0.005 <= squashed.max())


@pytest.mark.sentences("ch4_lstm.hand_worked")
def test_hand_worked():
    inputs = np.array([(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)], dtype=float)
    for chosen, sentence in positions(lstm.hand_worked):
        c, w, b = 0.0, chosen["weight"], chosen["bias"]
        for x1, x2, x3 in inputs[: chosen["step"]]:
            before = c
            i, f, o = (float(rnnlib.sigmoid(z)) for z in (w * x2 - b, w * x2 + b, w * x3 - b))
            kept, written = f * before, i * x1
            c = kept + written
        expected = [before, kept, written, c, o * c]
        said = numbers(sentence.partition("): ")[2])
        assert all(map(rounds_to, said[:5], expected, [4] * 5))
        assert said[-1] == [3, 7, 7, 7, 0][chosen["step"] - 1]


@pytest.mark.sentences("ch4_lstm.gates")
def test_gates():
    z = np.array([0.1, 0.8, 0.2, 0.1, 0.2, 0.1, 0.6, 0.1, 0.2, 0.1, 0.2, 0.1, 0.9, 0.1, 0.2, 0.1])
    for chosen, sentence in positions(lstm.gates):
        c, memory, shown = 0.0, [], []
        for t, number_in in enumerate(z, 1):
            calls = [8.0 * (t in steps) for steps in ((2, 7, 13), (11, 13), (4, 9, 15))]
            biases = [chosen[name] for name in ("input_bias", "forget_bias", "output_bias")]
            i, f, o = (
                float(rnnlib.sigmoid(v)) for v in (calls[0] + biases[0], biases[1] - calls[1], calls[2] + biases[2])
            )
            c = f * c + i * np.tanh(number_in)
            memory.append(c)
            shown.append(o * np.tanh(c))
        quiet = [float(rnnlib.sigmoid(bias)) for bias in biases]
        said = numbers(sentence)
        assert all(map(rounds_to, said[:3], quiet, [3] * 3))
        assert all(map(rounds_to, (said[3], said[5], said[8]), (memory[6], memory[10], shown[8]), [2] * 3))
        assert (said[4], said[6], said[7]) == (7, 11, 9)


@cache
def left(kind, block, bias, gain, draw):
    """What is left of a unit gradient of h_100 after 100 steps, and along the path that meets no matrix."""
    cell = kind(1, 16, rng=np.random.default_rng(draw), gain=gain)
    direct = None
    if block is not None:
        cell.params["b"][:] = 0
        cell.params["b"][16 * block : 16 * block + 16] = bias
    run = rnnlib.unroll(cell, np.random.default_rng(draw + 2).normal(size=(100, 1, 1)))
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = 0.25
    states = rnnlib.bptt(run, d_outputs, keep_state_gradients=True).states
    if kind is rnnlib.LSTM:
        path = run.trace.o[-1] * (1 - np.tanh(run.states[1][-1]) ** 2) * run.trace.f.prod(axis=0)
        direct = np.linalg.norm(0.25 * path)
    elif block is not None:
        direct = np.linalg.norm(0.25 * run.trace.z.prod(axis=0))
    return np.sqrt(sum(np.sum(part[0] ** 2) for part in states)), direct


@pytest.mark.sentences("ch4_lstm.gradient_norm")
def test_gradient_norm_of_the_lstm():
    for chosen, sentence in positions(lstm.gradient_norm):
        rnn, _ = left(rnnlib.Elman, None, 0, chosen["gain"], chosen["draw"])
        whole, direct = left(rnnlib.LSTM, 1, chosen["bias"], chosen["gain"], chosen["draw"])
        said = numbers(sentence)
        assert same(said[1], rnn)
        assert same(said[3], whole)
        assert same(said[4], direct)
        assert said[5] == chosen["bias"]
        assert rounds_to(said[6], float(rnnlib.sigmoid(float(chosen["bias"]))), 3)


@pytest.mark.sentences("ch5_gru.gradient_norms")
def test_gradient_norms_of_the_gru():
    for chosen, sentence in positions(gru.gradient_norms):
        at = chosen["gain"], chosen["draw"]
        whole, direct = left(rnnlib.GRUResetAfter, 1, chosen["bias"], *at)
        expected = (left(rnnlib.Elman, None, 0, *at)[0], left(rnnlib.LSTM, 1, chosen["bias"], *at)[0], whole, direct)
        said = numbers(sentence)
        assert rounds_to(said[0], float(rnnlib.sigmoid(float(chosen["bias"]))), 3)
        assert all(map(same, said[3:6], expected[:3]))
        assert same(said[6], direct) or max(expected[:3]) > 1e9


@pytest.mark.sentences("ch4_lstm.marked_positions")
def test_marked_positions():
    model, batch = marks.trained_on_latest_mark()
    for chosen, sentence in positions(lstm.marked_positions):
        k = chosen["example"] - 1
        x = batch.x[:, k : k + 1]
        run = rnnlib.unroll(model.network, x)
        answer = model.outputs(x)[-1, 0, 0]
        pull = [abs(model.outputs(x + 1e-6 * step)[-1, 0, 0] - answer) / 1e-6 for step in one_number_at_a_time(x.shape)]
        steps = np.flatnonzero(x[:, 0, 1]) + 1
        said = numbers(sentence)
        assert said[:2] == steps.tolist()
        assert rounds_to(said[2], answer, 2)
        assert rounds_to(said[3], batch.targets[-1, k, 0], 2)
        marked, rest = np.array(pull)[steps - 1], np.delete(pull, steps - 1)
        assert all(abs(a - b) < 0.0052 for a, b in zip(said[4:7], (*marked, rest.max()), strict=True))
        for number_said, t in zip(said[7:], steps, strict=True):
            assert abs(number_said - memory_gradient(model, run, x, t)) < 0.0052


def one_number_at_a_time(shape):
    for t in range(shape[0]):
        step = np.zeros(shape)
        step[t, 0, 0] = 1
        yield step


def memory_gradient(model, run, x, t, epsilon=1e-6):
    """||dO_T/dc_t|| by finite differences: c_t is moved, and what is read at t and later follows."""
    slopes = []
    for unit in np.eye(model.network.state_size):
        memory = run.states[1][t] + epsilon * unit
        h = run.trace.o[t - 1] * np.tanh(memory)
        outputs = rnnlib.unroll(model.network, x[t:], (h, memory)).outputs if t < len(x) else h[None]
        slopes.append((model.read_out(outputs)[-1, 0, 0] - model.outputs(x)[-1, 0, 0]) / epsilon)
    return np.linalg.norm(slopes)


@pytest.mark.sentences("ch5_gru.corners")
def test_corners():
    t = np.arange(120)
    slow, fast = np.where(t < 60, 0.5, -0.5), 0.8 * np.where(t // 2 % 2 == 0, 1.0, -1.0)
    explorer = gru.corners()
    corners = [{"update": z, "reset": r} for z in (0.0, 1.0) for r in (0.0, 1.0)]
    for chosen, sentence in [
        *positions(explorer),
        *((c, said_at(explorer, c)) for c in corners),
    ]:
        z, r, h, states = chosen["update"], chosen["reset"], 0.0, []
        for x in slow + fast:
            h = z * h + (1 - z) * np.tanh(x + 0.6 * r * h)
            states.append(h)
        said = numbers(sentence)
        expected = [np.corrcoef(states, part)[0, 1] if np.std(states) else 0.0 for part in (slow, fast)]
        assert all(map(rounds_to, said[-2:], expected, [2, 2])), chosen
        assert ("plain RNN" in sentence) == (z == 0 and r == 1)
        assert ("no memory" in sentence) == (z == 0 and r == 0)
        assert ("copies" in sentence) == (z == 1) == (not np.any(states))
        if "half of a state" in sentence:
            assert z ** (said[2] - 0.06) >= 0.5 >= z ** (said[2] + 0.06)
        else:
            assert z < 0.5 or z == 1


@pytest.mark.sentences("ch5_gru.reset_forms")
def test_reset_forms():
    cells = np.random.default_rng(12)
    W, h = cells.normal(size=(6, 6)) / np.sqrt(6), cells.uniform(-1, 1, size=6)
    pattern = np.linspace(-1, 1, 6)[cells.permutation(6)]
    explorer = gru.reset_forms()
    extra = [{"mean": m, "spread": s, "bias": b} for m in (0.0, 0.5, 1.0) for s in (0.0, 1.0) for b in (0.0, 0.5)]
    for chosen, sentence in [*positions(explorer), *((c, said_at(explorer, c)) for c in extra)]:
        r = np.clip(chosen["mean"] + 0.5 * chosen["spread"] * pattern, 0, 1)
        gap = np.abs(np.tanh(W @ (r * h) + chosen["bias"]) - np.tanh(r * (W @ h + chosen["bias"])))
        assert ("agree" in sentence) == bool(gap.max() < 1e-12), chosen
        if "agree" in sentence:
            assert np.ptp(r) == 0
            assert ("wide open" in sentence) == bool(np.all(r == 1))
            assert "wide open" in sentence or chosen["bias"] == 0
        else:
            said = numbers(sentence)
            assert same(said[0], gap.max())
            assert gap[int(said[1]) - 1] == gap.max()
            assert ("gates differ" in sentence) == bool(np.ptp(r) > 0)
            assert ("bias" in sentence) == (chosen["bias"] != 0)


@pytest.mark.sentences("ch6_bidirectional.heard")
def test_heard():
    words = ["Taipei", "please", "arrive", "on", "November", "2nd"]
    for chosen, sentence in positions(bidirectional.heard):
        t, T = chosen["t"], len(words)
        unknown = words[t:] if chosen["reads"] == "one way" else []
        assert f"“{words[t - 1]}”, word {t}" in sentence
        assert ("the whole request" in sentence) == (not unknown)
        if unknown:
            assert sentence.endswith(f"has not heard {', '.join(unknown)}.")
            assert f"has heard {t} word" in sentence
        assert len(unknown) in (0, T - t)


@pytest.mark.sentences("ch6_bidirectional.saliency")
def test_saliency():
    models = experiments.taggers()
    for chosen, sentence in positions(bidirectional.saliency):
        words, row = chosen["request"].split(), chosen["word"] - 1
        measure = experiments.exchange_map if "exchanged" in chosen["measure"] else experiments.saliency_map
        x, _ = slot_filling.encode([words])
        assert f"“{words[row]}”, word {row + 1}" in sentence
        for kind, part in zip(("one-way", "two-way"), halves(sentence), strict=True):
            scores = models[kind].outputs(x)[row, 0]
            chances = np.exp(scores - scores.max()) / np.sum(np.exp(scores - scores.max()))
            assert part.startswith(f"{slot_filling.TAGS[chances.argmax()]} {100 * chances.max():.0f} %")
            sizes = map_of(measure, kind, chosen["request"])[row]
            assert int(numbers(part)[-1]) - 1 == sizes.argmax()
            assert words[sizes.argmax()] in part


@cache
def map_of(measure, kind, request):
    return measure(experiments.taggers()[kind], request.split())


def halves(sentence):
    return re.search(r"One way: (.*)\. Both ways: (.*)\.$", sentence).groups()


@pytest.mark.sentences("ch6_bidirectional.padding")
def test_padding():
    words, tags = (
        ["Taipei", "please", "arrive", "on", "November", "2nd"],
        ["destination", "other", "other", "other", "time", "time"],
    )
    model = experiments.taggers()["two-way"]

    @cache
    def wrong(padded, within):
        x, _ = slot_filling.encode([[*words, *[slot_filling.PADDING] * padded]])
        scores = model.outputs(x, np.array([6]) if within else None)[:6, 0]
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return 1 - p[np.arange(6), [slot_filling.TAGS.index(tag) for tag in tags]]

    for chosen, sentence in positions(bidirectional.padding):
        within = chosen["order"] == "within its length"
        change = np.abs(wrong(chosen["padded"], within) - wrong(0, True))
        if chosen["padded"] == 0:
            assert sentence == "Without padding both orders are the same."
            assert change.max() < 1e-12
        elif within:
            assert numbers(sentence)[1] < 1e-12
            assert change.max() < 1e-12
        else:
            worst = change.argmax()
            assert f"“{words[worst]}”" in sentence
            before, after = numbers(sentence)[1:]
            assert same(before / 100, wrong(0, True)[worst])
            assert same(after / 100, wrong(chosen["padded"], False)[worst])


@pytest.mark.sentences("ch6_bidirectional.reach")
def test_reach():
    @cache
    def of(gain, steps):
        halves = []
        for direction in (1, -1):
            draws = np.random.default_rng(5 + direction)
            W = draws.normal(size=(8, 8)) / np.sqrt(8)
            W /= np.abs(np.linalg.eigvals(W)).max()
            params = {"W_x": draws.normal(size=(8, 1)), "W_s": gain * W, "b_s": np.zeros(8)}
            x = 0.5 * np.random.default_rng(9).normal(size=(60, 1, 1))[:steps][::direction]
            run = rnnlib.unroll(rnnlib.Elman.from_params(params), np.repeat(x, 8, axis=1))
            d_outputs = np.zeros_like(run.outputs)
            d_outputs[-1] = np.eye(8)
            halves.append(np.linalg.norm(rnnlib.bptt(run, d_outputs).x[..., 0], axis=1)[::direction])
        return np.array(halves)

    for chosen, sentence in positions(bidirectional.reach):
        steps, place = chosen["steps"], min(chosen["cue"], chosen["steps"])
        sizes = of(chosen["gain"], steps)
        both = np.sqrt(np.sum(sizes**2, axis=0))
        said = numbers(sentence)
        assert said[1:5] == [steps, place, steps - place, place - 1]
        assert all(map(same, said[5:8], (*sizes[:, place - 1], both[place - 1])))
        assert same(said[8], both.max())
        assert np.isclose(both[int(said[9]) - 1], both.max())


def test_a_curve_ends_where_it_leaves_the_picture_and_a_triangle_marks_the_place():
    values = np.array([np.inf, 1e9, 10.0, 1.0, 1e-9, 0.0, 1e-3, np.nan])
    assert np.flatnonzero(leaving(values, (1e-6, 1e6))).tolist() == [1, 4, 5, 7]
    explorer = lstm.gradient_norm()
    explorer.set(bias=-2, gain=1.0)
    (line, below, above) = explorer.artists["LSTM"]
    shown = np.isfinite(line.get_ydata())
    assert shown[0]
    assert not shown[-1]
    assert below.get_xdata().tolist() == [shown.sum()]
    assert not len(above.get_xdata())
