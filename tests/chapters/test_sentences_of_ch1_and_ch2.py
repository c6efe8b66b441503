"""What the explorers of chapters 1 and 2 say, computed again in another way at 200 random positions, ends included."""

import re

import numpy as np
import pytest
from sentences import SOME_OR_ALL, found, made, near, positions

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch1_forward_pass import experiments as tagging
from rnnlib.chapters.ch1_forward_pass import explorers as forward_pass
from rnnlib.chapters.ch1_forward_pass.explorers import nudging, stepping
from rnnlib.chapters.ch2_bptt import explorers as through_time
from rnnlib.chapters.ch2_bptt.experiments import random_network
from rnnlib.chapters.ch2_bptt.explorers.gradient_check import EPSILONS, check_curve, one_unit_networks
from rnnlib.tasks import agreement, slot_filling

# Chapter 1


@pytest.mark.sentences("ch1_forward_pass.window_and_distance")
def test_window_and_distance():
    """Every network by hand, at the city alone: a window of words, or a loop from the verb on."""
    V, H = len(slot_filling.WORDS), 24
    for v, sentence in positions(forward_pass.window_and_distance):
        network, distance = v["network"], v["distance"]
        model = tagging.taggers()[network]
        p = model.network.params
        x, _, tags = tagging.city_requests(distance)
        if network == "RNN":
            h = np.zeros((len(tags), H))
            for x_t in x[: distance + 1]:
                h = np.tanh(x_t @ p["W_x"].T + h @ p["W_s"].T + p["b_s"])
            size = V * H + H * H + H
        else:
            words = [x[t] if t >= 0 else np.zeros_like(x[0]) for t in range(distance + 1 - network, distance + 1)]
            h = np.tanh(np.concatenate(words, axis=-1) @ p["W_x"].T + p["b"])
            size = network * V * H + H
        said = (h @ model.readout["W_o"].T + model.readout["b_o"]).argmax(axis=-1)
        shares, asked, numbers = found("It tags #% of # new cities right. Below the readout it has #", sentence)
        assert (asked, numbers) == (len(tags), size)
        assert abs(shares - 100 * np.mean(said == tags)) <= 0.5
        arrive, leave = np.split(said, 2)
        if "out of sight" in sentence:
            assert distance >= network
            np.testing.assert_array_equal(arrive, leave)
        elif "carried the verb" in sentence:
            assert network == "RNN"
            assert np.mean(said == tags) > 0.9
            assert f"over {distance} word{'s' * (distance > 1)}." in sentence
        else:
            assert distance < network
            assert f"reaches back {network - 1} word" in sentence
            assert np.any(arrive != leave)


@pytest.mark.sentences("ch1_forward_pass.elman_and_jordan")
def test_elman_and_jordan():
    """The Jordan networks by hand: what is fed back is the whole output."""
    x = tagging.draw_echo(np.random.default_rng(10**6), 500).x
    errors = {}
    for fed_back in tagging.FED_BACK:
        p = tagging.echoes()[fed_back].network.params
        O, first = np.zeros((500, fed_back)), []
        for x_t in x:
            O = np.tanh(x_t @ p["W_x"].T + O @ p["W_s"].T + p["b_s"]) @ p["W_o"].T + p["b_o"]
            first.append(O[:, 0])
        errors[fed_back] = np.mean((np.array(first)[2:] - x[:-2, :, 0]) ** 2)
    for v, sentence in positions(forward_pass.elman_and_jordan):
        fed_back, error = found("With # fed-back value", sentence)[0], errors[v["fed_back"]]
        assert fed_back == v["fed_back"]
        assert near(found("mean squared error is #", sentence)[0], error)
        assert ("fewer than the 3 it takes" in sentence) == (fed_back < 3) == (error > 0.1)
        assert ("enough for its own output" in sentence) == (error < 0.01)


SENTENCE = re.compile(
    r"the ((dog|cat|bird)( (often|really|always)){0,4} (barks|sleeps|runs)"
    r"|(dogs|cats|birds)( (often|really|always)){0,4} (bark|sleep|run)) \."
)


@pytest.mark.sentences("ch1_forward_pass.temperature")
def test_temperature():
    model = tagging.language_models()["Elman"]
    p, readout = model.network.params, model.readout
    for v, sentence in positions(forward_pass.temperature):
        S = np.zeros(len(p["b_s"]))
        for x_t in (np.zeros(len(agreement.WORDS)), *np.eye(len(agreement.WORDS))[_numbers(v["beginning"])]):
            S = np.tanh(p["W_x"] @ x_t + p["W_s"] @ S + p["b_s"])
        powers = np.exp((readout["W_o"] @ S + readout["b_o"]) / v["tau"])
        assert f"next word is “{agreement.WORDS[powers.argmax()]}” with {powers.max() / powers.sum():.2f}." in sentence
        drawn = tagging.continue_sentences(
            model, v["beginning"].split(), 60, np.random.default_rng(7), temperature=v["tau"]
        )
        written = [" ".join(words) for words in drawn]
        different, right = found("Of 60 sentences # are different and #% follow", sentence)
        assert different == len(set(written))
        assert abs(right - 100 * np.mean([bool(SENTENCE.fullmatch(words)) for words in written])) <= 0.5


def _numbers(words):
    return [agreement.WORD_INDEX[word] for word in words.split()]


@pytest.mark.sentences("ch1_forward_pass.influence")
def test_influence_and_its_arrows():
    shown = made(forward_pass.influence)
    for v, sentence in positions(forward_pass.influence):
        network = nudging.influence_network(v["network"], v["gain"])
        x, _, _, W_o = nudging._influence_parts()
        nudged = x.copy()
        nudged[v["k"] - 1] += v["nudge"]
        O = [rnnlib.unroll(network, inputs).outputs[:, 0] @ W_o.T for inputs in (x, nudged)]
        moved = np.linalg.norm(O[1] - O[0], axis=-1)
        where = np.flatnonzero(moved > 0) + 1
        has_memory = v["network"].startswith("Elman")
        assert ("no memory" in sentence) == (not has_memory)
        assert all(way.get_visible() == has_memory for way in shown.artists["memory"])
        assert all(way.get_visible() == ("TDNN" in v["network"]) for way in shown.artists["window"])
        if v["nudge"] == 0:
            assert "nothing moves" in sentence
            continue
        assert where[0] == v["k"] or not where.size
        assert ("and after that nothing moves at all" in sentence) == (len(where) > 1 and where[-1] < len(x))
        assert ("only O" in sentence) == (len(where) == 1)
        at_once = moved[v["k"] - 1]
        if len(where) == 1:
            assert float(re.search(r"feels it: by (\S+)\.(?: |$)", sentence)[1]) == pytest.approx(at_once, rel=0.06)
        else:
            first, last = re.search(r" moves by (\S+), O\S+ by (\S+?)(?:,|\.(?= |$))", sentence).groups()
            assert float(first) == pytest.approx(at_once, rel=0.06)
            assert float(last) == pytest.approx(moved[where[-1] - 1], rel=0.06)
        if has_memory and v["gain"] == 0:
            assert len(where) == 1


@pytest.mark.sentences("ch1_forward_pass.stepper")
def test_the_stepper_adds_up():
    for v, sentence in positions(forward_pass.stepper):
        memory, w = 0.0, v["memory_weight"]
        for t, x in enumerate(stepping.ORDERS[v["order"]], start=1):
            state = sum(x) + 2 * w * memory
            if v["moment"] == 4 * (t - 1) + 2:
                assert sentence.endswith(f"= {state:g}.")
            if v["moment"] == 4 * (t - 1) + 3:
                assert sentence.endswith(f"= {2 * state:g}.")
            if v["moment"] == 4 * t:
                assert f"The memory now holds ({state:g}, {state:g})" in sentence
            memory = state


# Chapter 2


@pytest.mark.sentences("ch2_bptt.contributions")
def test_contributions():
    """The walk back from one loss, step by step: a term is an outer product, so its size is a product of two."""
    for v, sentence in positions(through_time.contributions):
        run, d_outputs = random_network(v["gain"], v["activation"], 30)
        p, S = run.cell.params, [np.zeros(16)]
        for x_t in run.x[:, 0]:
            z = p["W_x"] @ x_t + p["W_s"] @ S[-1] + p["b_s"]
            S.append(np.tanh(z) if v["activation"] == "tanh" else z)
        back, sizes = d_outputs[v["loss"] - 1, 0], []
        for k in range(v["loss"], 1, -1):
            delta = back * (1 - S[k] ** 2 if v["activation"] == "tanh" else 1)
            sizes.append(np.linalg.norm(delta) * np.linalg.norm(S[k - 1]))
            back = p["W_s"].T @ delta
        if len(sizes) < 2:
            assert "too short a past" in sentence
            continue
        last, first, end, factor = found("from lag 0 to lag # the term", sentence) + found(
            "from # to #, by a factor of # a step", sentence
        )
        assert last == len(sizes) - 1
        assert near(first, sizes[0])
        assert near(end, sizes[-1])
        assert abs(factor - (sizes[-1] / sizes[0]) ** (1 / last)) <= 0.00501
        assert ("shrinks" in sentence) == (sizes[-1] < sizes[0])


def _check_error(epsilon, precision, difference):
    """The median relative error over the one-unit networks, each loss by a loop over its steps."""

    def loss(w, x, y):
        S = total = np.zeros_like(w)
        for t in range(10):
            S = np.tanh(x[t] + w * S)
            total = total + (S - y[t]) ** 2 / 2
        return total

    w, x, y = one_unit_networks(precision)
    epsilon = w.dtype.type(epsilon)
    up, down = w + epsilon, w - epsilon if difference == "two-sided" else w
    numerical = (loss(up, x, y) - loss(down, x, y)) / (epsilon if difference == "one-sided" else 2 * epsilon)
    w, x, y = one_unit_networks("float64")
    S = slope = exact = np.zeros_like(w)  # forward in time: dS_t/dw = f' (S_{t-1} + w dS_{t-1}/dw)
    for t in range(10):
        new = np.tanh(x[t] + w * S)
        S, slope = new, (1 - new**2) * (S + w * slope)
        exact = exact + (S - y[t]) * slope
    return np.median(np.abs(numerical - exact) / (np.abs(numerical) + np.abs(exact)))


@pytest.mark.sentences("ch2_bptt.gradient_check")
@SOME_OR_ALL
def test_gradient_check(most):
    for v, sentence in positions(through_time.gradient_check, most):
        kind, epsilon = (v["precision"], v["difference"]), v["epsilon"]
        error, best = _check_error(epsilon, *kind), check_curve(*kind)
        said, least = found("the relative error is #, at best it can be #", sentence)
        assert near(said, error, 1) or abs(said - error) < 1e-9
        assert near(least, best.min(), 1)
        lowest = EPSILONS[best.argmin()]
        assert ("means nothing" in sentence) == (error > 0.5)
        if "To the right of the lowest point" in sentence:
            assert epsilon > lowest
            if 30 * lowest < epsilon < 1e-2:
                order = 2 if "ε²" in sentence else 1
                assert np.log10(_check_error(3 * epsilon, *kind) / error) / np.log10(3) == pytest.approx(order, abs=0.2)
        if "To the left of the lowest point" in sentence:
            assert epsilon <= lowest
            if epsilon < lowest / 30:
                assert _check_error(10 * epsilon, *kind) < error


@pytest.mark.sentences("ch2_bptt.cost")
def test_cost():
    for v, sentence in positions(through_time.cost):
        T = v["steps"]
        pairs = sum(1 for t in range(T) for k in range(t))
        if v["losses"] != "every step":
            assert f"one walk back of {T - 1} steps" in sentence
        elif T == 2:
            assert pairs == T - 1
        else:
            said, recursion, fewer = found(
                "takes # steps back, T(T − 1)/2; the recursion takes #. That is # times", sentence
            )
            assert near(said, pairs, 3)
            assert recursion == T - 1
            assert near(fewer, pairs / (T - 1), 2)


@pytest.mark.sentences("ch2_bptt.truncation")
@SOME_OR_ALL
def test_truncation(most):
    for v, sentence in positions(through_time.truncation, most):
        drawn = random_network(v["gain"], "tanh", 60, seed=2)
        window = v["window"]
        said, kept = found("the cosine with the full gradient is #. States kept at a time: #", sentence)
        assert kept == window
        visited = sum(min(t, window) for t in range(1, 61)) if v["blocks"] == "every loss" else 60
        assert found("Steps visited on the way back: #", sentence) == [visited]
        if v["blocks"] == "every loss" or 60 % window == 0:
            stride = 1 if v["blocks"] == "every loss" else window
            cut = rnnlib.truncated_bptt(*drawn, window, stride=stride).params
            assert said == pytest.approx(gradient_flow.cosine(cut, rnnlib.bptt(*drawn).params), abs=6e-4)


@pytest.mark.sentences("ch2_bptt.backward_walk")
def test_the_walk_back():
    """Every gradient of the walk by nudging that one number: a copy of a weight, a sum, a state or an output."""
    for v, sentence in positions(through_time.backward_walk):
        f = np.tanh if v["activation"] == "tanh" else lambda z: z
        every = v["losses"] == "every step"

        def loss(nudges, v=v, f=f, every=every):
            weights, in_sum, in_state, in_output = np.split(nudges, [3, 6, 10])
            S, total = 2.0 + in_state[0], 0.0
            for t, (x, Y) in enumerate(((1.0, 3.0), (3.0, 10.0), (1.0, 5.0))):
                S = f((1 + weights[0]) * x + (v["weight"] + weights[1]) * S + in_sum[t]) + in_state[t + 1]
                if t == 2 or every:
                    total += (Y - (2 + weights[2]) * S - in_output[t]) ** 2 / 2
            return total

        nudges = np.zeros(13)
        weights, in_sum, in_state, in_output = np.split(
            rnnlib.numerical_gradient(lambda loss=loss, nudges=nudges: loss(nudges), nudges), [3, 6, 10]
        )

        def says(pattern, *true, sentence=sentence):
            assert found(pattern, sentence) == pytest.approx(true, rel=0.02, abs=6e-3)

        step, stage = 3 - (v["move"] - 1) // 3, (v["move"] - 1) % 3
        if v["move"] == 0:
            assert "nothing has gone back yet" in sentence
        elif v["move"] == 10:
            says("∂L/∂Wₒ = #, ∂L/∂Wₓ = #, ∂L/∂Wₛ = #.", weights[2], weights[0], weights[1])
            says("∂L/∂S₀ = #.", in_state[0])
        elif stage == 0 and (every or step == 3):
            says("Step #: the loss pulls at the output with Oₜ − Yₜ = #.", step, in_output[step - 1])
        elif stage == 0:
            assert f"Step {step}: no loss looks at" in sentence
        elif stage == 1:
            says("together #.", in_state[step])
            says(" = #, from the future", 2 * in_output[step - 1])
            later = in_state[step] - 2 * in_output[step - 1]
            assert "the last step" in sentence if step == 3 else says(" = #; together", later) is None
        else:
            says(" = #. Times x", in_sum[step - 1])
            if abs(in_state[step]) > 0.01:
                assert found("with slope #,", sentence)[0] == pytest.approx(in_sum[step - 1] / in_state[step], abs=0.02)
