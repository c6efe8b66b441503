"""What the explorers of chapters 0 and 3 say, computed again in another way at 200 random positions, ends included."""

import re

import numpy as np
import pytest
from sentences import SOME_OR_ALL, found, near, positions

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch0_start_here import explorers as start_here
from rnnlib.chapters.ch3_vanishing import experiments
from rnnlib.chapters.ch3_vanishing import explorers as vanishing


@pytest.mark.sentences("ch0_start_here.leaky_memory")
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


@pytest.mark.sentences("ch3_vanishing.powers")
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


@pytest.mark.sentences("ch3_vanishing.activation_chain")
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


@pytest.mark.sentences("ch3_vanishing.matrices")
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


@pytest.mark.sentences("ch3_vanishing.gradient_norm_by_lag")
def test_gradient_norm_by_lag():
    for v, sentence in positions(vanishing.gradient_norm_by_lag):
        run = experiments.run_network(v["gain"], v["activation"], v["steps"], v["units"], v["scale"])
        norm = gradient_flow.jacobian_norms(gradient_flow.step_jacobians(run))[-1]
        said, bound = found("the gradient has the norm #; σ_max · max f′ = #.", sentence)
        assert near(said, norm, 2) or abs(said - norm) < 1e-250
        steepest = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "linear": 1.0}[v["activation"]]
        assert near(bound, np.linalg.svd(run.cell.params["W_s"], compute_uv=False)[0] * steepest)
        if "slopes average" in sentence:
            S = run.outputs[:, 0]
            slopes = {"tanh": 1 - S**2, "relu": S > 0, "linear": np.ones_like(S), "sigmoid": S * (1 - S)}[
                v["activation"]
            ]
            assert abs(found("the slopes average #", sentence)[0] - slopes.mean()) <= 0.00501
        assert ("It has grown" in sentence) == (norm > 1.001 and "must vanish" not in sentence)
        if "has shrunk" in sentence or "must vanish" in sentence:
            assert norm < 1
        if "The gain is above 1" in sentence:
            assert v["gain"] > 1
        if "0 exactly" in sentence:
            assert norm == 0


@pytest.mark.sentences("ch3_vanishing.shares_by_lag")
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


@pytest.mark.sentences("ch3_vanishing.error_surface")
@SOME_OR_ALL
def test_error_surface(most):
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

    otherwise = 0  # where a descent leaps about on the cliff, rounding decides where it ends
    for v, sentence in positions(vanishing.error_surface, most):
        free, clipped = (descend(v["steps"], c, (v["w"], v["b"])) for c in (np.inf, v["threshold"]))
        last = clipped[0][-10:]
        largest, end, _, clipped_end = found(
            "meets a gradient of norm # and ends with the loss #; clipped at # it ends with #.", sentence
        )
        for said, true in ((largest, free[1].max()), (end, free[0][-1]), (clipped_end, clipped[0][-1])):
            otherwise += not (near(said, true) or abs(said - true) < 1e-12)
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
    assert otherwise <= most / 15


@pytest.mark.sentences("ch3_vanishing.lyapunov")
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
