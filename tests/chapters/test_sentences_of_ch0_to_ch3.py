"""What the explorers of chapters 0 to 3 say, computed again in another way at 200 random positions, ends included."""

import re
from functools import cache

import numpy as np
import pytest

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch0_start_here import explorers as start_here
from rnnlib.chapters.ch1_forward_pass import explorers as forward_pass
from rnnlib.chapters.ch1_forward_pass.explorers import nudging, stepping
from rnnlib.chapters.ch2_bptt import explorers as through_time
from rnnlib.chapters.ch3_vanishing import experiments
from rnnlib.chapters.ch3_vanishing import explorers as vanishing

POSITIONS = 200
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = r"[−-]?\d[\d\u202f]*(?:\.\d+)?(?: × 10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?"


def value(text):
    """The number that is written as a reader sees it: −0.25, 20 752, 4.4 × 10⁻⁵, inf."""
    text = text.replace("\u202f", "").replace("−", "-")
    if " × 10" in text:
        mantissa, power = text.split(" × 10")
        return float(mantissa) * 10.0 ** int(power.translate(SUPERSCRIPTS))
    return float(text)


def found(pattern, sentence):
    """The numbers in the places marked # of ``pattern``."""
    match = re.search(re.escape(pattern).replace(r"\#", f"({NUMBER}|inf)"), sentence)
    assert match, f"no {pattern!r} in {sentence!r}"
    return [value(group) for group in match.groups()]


def near(said, true, digits=2):
    """Whether a number is the rounded form of another, to so many digits."""
    return said == pytest.approx(true, rel=0.6 * 10.0 ** (1 - digits), abs=1e-300)


@cache
def made(explorer):
    return explorer()


def positions(explorer):
    """POSITIONS random places of all controls; among them the ends of each."""
    shown, rng = made(explorer), np.random.default_rng(0)
    every = {name: list(control.positions()) for name, control in shown.controls.items()}
    for _ in range(POSITIONS):
        places = {}
        for name, values in every.items():
            k = rng.integers(len(values)) if rng.random() < 0.8 else rng.choice([0, len(values) - 1])
            places[name] = values[k]
        shown.set(**places)
        yield places, shown.sentence
    shown.reset()


def test_leaky_memory():
    for v, sentence in positions(start_here.leaky_memory):
        w = v["weight"]
        old, new = w ** (24 - 5), w ** (24 - 5 - v["gap"])
        both, first, second = found("the memory holds #: # of the first input and # of the second", sentence)
        assert near(both, old + new, 3)
        assert near(first, old, 3) or abs(first - old) < 1e-12
        assert near(second, new, 3) or abs(second - new) < 1e-12
        assert ("the past grows" in sentence) == (w > 1)
        assert ("nothing fades" in sentence) == (w == 1)
        if 0 < w < 1:
            (n,) = found("no more than half of an input is left after # step", sentence)
            assert w**n <= 0.5 < w ** (n - 1)


# Chapter 1


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
        if has_memory and v["gain"] == 0:
            assert len(where) == 1


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


def test_truncation():
    from rnnlib.chapters.ch2_bptt.experiments import random_network

    for v, sentence in list(positions(through_time.truncation))[:40]:
        drawn = random_network(v["gain"], "tanh", 60, seed=2)
        window = v["window"]
        said, kept = found("the cosine with the full gradient is #. States kept at a time: #", sentence)
        assert kept == window
        if v["blocks"] == "every loss" or 60 % window == 0:
            stride = 1 if v["blocks"] == "every loss" else window
            cut = rnnlib.truncated_bptt(*drawn, window, stride=stride).params
            assert said == pytest.approx(gradient_flow.cosine(cut, rnnlib.bptt(*drawn).params), abs=6e-4)


def test_the_walk_back():
    for v, sentence in positions(through_time.backward_walk):
        if v["move"] == 0:
            assert "nothing has gone back yet" in sentence
        f = np.tanh if v["activation"] == "tanh" else lambda z: z
        x, Y = (1.0, 3.0, 1.0), (3.0, 10.0, 5.0)

        def loss(copies, v=v, f=f, x=x, Y=Y):
            S, total = 2.0, 0.0
            for t in range(3):
                S = f(x[t] + copies[t] * S)
                if t == 2 or v["losses"] == "every step":
                    total += (Y[t] - 2 * S) ** 2 / 2
            return total

        if v["move"] == 10:
            copies = np.full(3, v["weight"])
            terms = rnnlib.numerical_gradient(lambda copies=copies: loss(copies), copies)
            (said,) = found("∂L/∂Wₛ = #.", sentence)
            assert said == pytest.approx(terms.sum(), rel=0.02, abs=6e-3)


# Chapter 3


def test_powers():
    for v, sentence in positions(vanishing.powers):
        y = float(np.float64(v["weight"]) ** (v["steps"] - 1))
        (said,) = found("the 1 has become #, with derivative", sentence)
        assert near(said, y, 4)
        slope = 2 * (y - 1) * (v["steps"] - 1) * v["weight"] ** (v["steps"] - 2)
        assert ("The ground is flat" not in sentence) or (abs(slope) < 0.01 and abs(y - 1) > 0.1)
        assert ("This is the cliff" not in sentence) or abs(slope) > 1000
        assert ("of a size that training can use" not in sentence) or abs(slope) <= 1000
        assert ("in float32 the value is inf" not in sentence.lower()) or y > float(np.finfo(np.float32).max)


def test_activation_chain():
    for v, sentence in positions(vanishing.activation_chain):
        name, w, product, y = v["activation"], v["weight"], 1.0, 1.0
        slopes = {
            "sigmoid": lambda z: rnnlib.sigmoid(z) * (1 - rnnlib.sigmoid(z)),
            "tanh": lambda z: 1 / np.cosh(z) ** 2,
            "relu": lambda z: float(z > 0),
            "linear": lambda z: 1.0,
        }
        functions = {"sigmoid": rnnlib.sigmoid, "tanh": np.tanh, "relu": lambda z: max(z, 0), "linear": lambda z: z}
        steepest = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "linear": 1.0}[name]
        factors = []
        for _ in range(v["depth"]):
            z = np.array(w * y, dtype=float)
            factors.append(w * (steepest if v["bias"] else float(slopes[name](z))))
            y = float(functions[name](z))
            product *= factors[-1]
        (said,) = found("of the gradient # is left", sentence)
        assert near(said, product, 2) or abs(said - product) < 1e-250
        assert ("must vanish" not in sentence) or w * steepest < 1
        assert ("the gradient explodes" not in sentence) or (product >= 1 and min(factors) >= 1)
        assert ("keeps its size" not in sentence) or product == pytest.approx(1)
        if "leave the bends" in sentence:
            assert np.all(np.diff(factors) > 0)
        if "into the bends" in sentence:
            assert np.all(np.diff(factors) < 0)


def test_matrices():
    for v, sentence in positions(vanishing.matrices):
        from rnnlib.chapters.ch3_vanishing.explorers.matrix_powers import recurrent_matrix

        W = recurrent_matrix(v["kind"], v["radius"])
        norms = [np.linalg.norm(np.linalg.matrix_power(W, n), 2) for n in range(61)]
        rho, sigma, power, norm = found("ρ = #, σ_max = #: the norm of Wₛ to the power # is #.", sentence)
        assert rho == pytest.approx(max(abs(np.linalg.eigvals(W))), abs=6e-3)
        assert near(sigma, np.linalg.norm(W, 2), 3)
        assert power == v["power"]
        assert near(norm, norms[v["power"]], 3)
        if "before it falls" in sentence:
            top, peak = found("It rises to # at n = #", sentence)
            assert near(top, max(norms), 3)
            assert int(np.argmax(norms)) == peak > 0
            assert norms[-1] < max(norms)
        if "never above its start" in sentence:
            assert max(norms) <= 1 + 1e-12
        if "shrinks at every step" in sentence:
            assert np.all(np.diff(norms) < 0)
        if "grows at every step" in sentence:
            assert np.all(np.diff(norms) > 0)


def test_gradient_norm_by_lag():
    for v, sentence in positions(vanishing.gradient_norm_by_lag):
        run = experiments.run_network(v["gain"], v["activation"], v["steps"], v["units"], v["scale"])
        norm = gradient_flow.jacobian_norms(gradient_flow.step_jacobians(run))[-1]
        said, _ = found("the gradient has the norm #; σ_max · max f′ = #.", sentence)
        assert near(said, norm, 2) or abs(said - norm) < 1e-250
        assert ("It has grown" in sentence) == (norm > 1.001 and "must vanish" not in sentence)
        if "has shrunk" in sentence or "must vanish" in sentence:
            assert norm < 1
        if "The gain is above 1" in sentence:
            assert v["gain"] > 1
        if "0 exactly" in sentence:
            assert norm == 0


def test_shares_by_lag():
    for v, sentence in positions(vanishing.shares_by_lag):
        run = experiments.run_network(v["gain"], v["activation"], 40, 16, v["scale"])
        d_outputs = np.zeros_like(run.outputs)
        d_outputs[-1, 0] = np.random.default_rng(4).normal(size=16)
        sizes = gradient_flow.lag_contributions(run, d_outputs)[-1][::-1]
        if sizes.sum() == 0:
            assert "every term is 0" in sentence
            continue
        added = np.cumsum(sizes / sizes.sum())
        match = re.search(r"the nearest (\d+ )?of 40 lags (carry|carries)", sentence)
        near_lags = int(match[1] or 1)
        assert (near_lags == 1) == (match[2] == "carries")
        assert added[near_lags - 1] > 0.9 - 1e-9
        assert near_lags == 1 or added[near_lags - 2] < 0.9 + 1e-9
        (first,) = found("lag 0 has # %", sentence)
        assert first == pytest.approx(100 * added[0], abs=0.06)


def test_error_surface():
    from rnnlib.chapters.ch3_vanishing.explorers import surface

    def descend(T, threshold, start):
        point, losses, norms = np.array(start), [], []
        for _ in range(surface.DESCENT + 1):
            S, d = surface.INITIAL, np.zeros(2)
            for _ in range(T):
                new = 1 / (1 + np.exp(-(point[0] * S + point[1])))
                d = new * (1 - new) * (np.array([S, 1.0]) + point[0] * d)
                S = new
            g = 2 * (S - surface.TARGET) * d
            losses.append((S - surface.TARGET) ** 2)
            norms.append(np.linalg.norm(g))
            point = point - surface.RATE * g * min(1, threshold / max(norms[-1], 1e-300))
        return np.array(losses), np.array(norms)

    for v, sentence in list(positions(vanishing.error_surface))[:60]:
        free, clipped = (descend(v["steps"], c, (v["w"], v["b"])) for c in (np.inf, v["threshold"]))
        last = clipped[0][-10:]
        if "never reached" in sentence:
            assert free[1].max() <= v["threshold"]
            continue
        assert free[1].max() > v["threshold"]
        if "too short to arrive" in sentence:
            assert np.all(np.diff(clipped[0]) < 0)
            assert clipped[1][-1] > v["threshold"]
        elif "lets the jump pass" in sentence:
            assert last.min() > surface.ON_THE_PLAIN
        elif "stays below" in sentence:
            assert last.max() < found("stays below #", sentence)[0] + 1e-9
            assert ("ends on the plain" in sentence) == (free[0][-1] > surface.ON_THE_PLAIN)
        else:
            assert last.max() >= surface.LOW


def test_lyapunov():
    for v, sentence in positions(vanishing.lyapunov):
        exponent = experiments.exponents((v["gain"],), v["scale"])[0]
        said, factor = found("the exponent is #, a factor of # a step", sentence)
        assert said == pytest.approx(exponent, abs=0.06)
        assert factor == pytest.approx(np.exp(said), rel=0.02, abs=0.006)
        if "Below 0" in sentence:
            assert exponent < 0.02
            assert experiments.apart(v["gain"], v["scale"], 100)[-1] < 1e-5
        if "Above 0" in sentence:
            assert exponent > -0.02
            assert experiments.apart(v["gain"], v["scale"], 100)[-1] > 1e-7
