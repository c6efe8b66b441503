"""What the explorers of chapters 9 to 11 say, computed again in another way at 200 random positions, ends included."""

import re
from decimal import Decimal
from functools import cache, reduce

import numpy as np
import pytest
from sentences import SOME_OR_ALL, found, near, positions, value

from rnnlib.chapters.ch9_frameworks import experiments as training
from rnnlib.chapters.ch9_frameworks import explorers as frameworks
from rnnlib.chapters.ch10_what_came_next import explorers as next_ones
from rnnlib.chapters.ch10_what_came_next.experiments import memories, newton
from rnnlib.chapters.ch10_what_came_next.explorers import answers, scanning, views
from rnnlib.chapters.ch11_laboratory import explorers as laboratory
from rnnlib.chapters.ch11_laboratory.missions import MISSIONS
from rnnlib.chapters.ch11_laboratory.recordings import recording
from rnnlib.tasks import flights

# Chapter 9


@pytest.mark.sentences("ch9_frameworks.one_change")
def test_one_change():
    saved = training.losses()
    sizes = {"same": (0, 1e-12), "float32": (1e-9, 1e-5), "clipped by PyTorch": (1e-9, 1e-5)}
    for v, sentence in positions(frameworks.one_change, most=400):
        theirs = saved[v["change"]]
        ours = saved["rnnlib, clipped" if v["change"] == "clipped by PyTorch" else "rnnlib"]
        here, there, most = found("the loss is # in rnnlib and # in PyTorch", sentence) + found("at most #.", sentence)
        k = v["step"] - 1
        assert abs(here - ours[k]) <= 0.500001e-4
        assert abs(there - theirs[k]) <= 0.500001e-4
        apart = abs(theirs[k] - ours[k])
        assert "apart by none" in sentence if apart < 1e-17 else near(found("apart by #;", sentence)[0], apart)
        assert near(most, max(abs(theirs - ours)))
        low, high = sizes.get(v["change"], (1e-2, 1))
        assert low <= max(abs(theirs - ours)) <= high


@pytest.mark.sentences("ch9_frameworks.packing")
def test_packing():
    sizes = flights.draw_batch(np.random.default_rng(4), 12).lengths
    for v, sentence in positions(frameworks.packing):
        rows = sorted(sizes, reverse=True) if v["by_length"] else list(sizes)
        runs = [size >= v["t"] for size in rows]
        assert f"At step {v['t']}, {sum(runs)} of 12 sequences run" in sentence
        assert ("the first" in sentence) == (v["by_length"] and not all(runs))
        if "the first" in sentence:
            assert f"the first {sum(runs)} rows" in sentence
            assert all(runs[: sum(runs)])
        assert ("here and there" in sentence) == (not v["by_length"] and not all(runs))
        padded, packed, left = found("Padded, # steps are computed in all; packed, #, so #% are left out", sentence)
        assert (padded, packed) == (12 * max(sizes), sum(sizes))
        assert abs(left - 100 * (1 - packed / padded)) <= 0.5


# Chapter 10


@pytest.mark.sentences("ch10_what_came_next.two_views")
def test_two_views():
    q, k, v = views.sequence()
    for chosen, sentence in positions(next_ones.two_views):
        t, kept = chosen["t"], chosen["kept"]
        weights = kept ** np.arange(t - 1, -1, -1.0)
        by_pairs = sum(w * (q[t - 1] @ k_s) * v_s for w, k_s, v_s in zip(weights, k, v, strict=False))
        by_memory = np.einsum("s,sa,sb,b->a", weights, v[:t], k[:t], q[t - 1])
        assert ("Their outputs agree" in sentence) == np.allclose(by_pairs, by_memory)
        computed, pairs, size = found(
            "computed # scores; the memory has written # pairs into # numbers", sentence.replace("1 pair ", "1 pairs ")
        )
        assert (computed, pairs, size) == (sum(range(1, t + 1)), t, 25)
        assert ("nothing fades" in sentence) == (kept == 1)
        if kept < 1:
            ago = found("a pair written # step", sentence)[0]
            assert ago == t - 1
            assert float(re.search(r"weighs (\S+)\.$", sentence)[1]) == pytest.approx(weights[0], rel=0.06)


@pytest.mark.sentences("ch10_what_came_next.scan_stepper")
def test_scan_stepper():
    """The card of an entry by a loop over the steps that it covers, in floating point of any size."""
    for v, sentence in positions(next_ones.scan_stepper):
        T, last = v["steps"], int(np.ceil(np.log2(v["steps"])))
        t, row = min(v["entry"], T), min(v["round"], last)
        begin = max(t - 2**row, 0)  # what the entry covers begins after this step
        factors = [Decimal(str(factor)) for factor in scanning.KEPT[v["kept"]]]
        a, b = reduce(
            lambda card, s: (factors[s] * card[0], factors[s] * card[1] + Decimal(str(scanning.B[s]))),
            range(begin, t),
            (Decimal(1), Decimal(0)),
        )
        plain = sentence.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")).replace("∞", "inf")
        stretch = f"step {t} alone" if t - begin == 1 else f"steps {begin + 1} to {t}"
        card = re.match(
            rf"Entry {t} covers {stretch}: h{t} = (\S+(?: × \S+)?)·h{begin} ([+−]) (\S+(?: × \S+)?)\. ", plain
        )
        assert card, (v, sentence)
        for said, true in ((value(card[1]), a), (value(card[3]) * (-1 if card[2] == "−" else 1), b)):
            assert np.isinf(said) if abs(true) > Decimal("1.8e308") else said == pytest.approx(float(true), rel=6e-3)
        joins = sum(T - 2**k for k in range(row))
        assert f"after {row} round{'s' * (row != 1)} and {joins} join{'s' * (joins != 1)}" in sentence
        finished = min(2**row, T)
        assert f"All {T} entries are" in sentence if row == last else f". {finished} of {T} entries " in sentence
        assert ("overflow" in sentence) == (v["kept"] == "huge" and min(2**row, T) >= 8)


@cache
def sweeps_needed(gain, kind):
    """The sweeps until every state of 200 is right to 1e-10, by Newton's steps over a stacked system; None in 24."""
    W, x = newton.draw_network(gain, 0, 200, kind)
    truth, h = [np.zeros(len(W))], np.zeros((200, len(W)))
    for x_t in x:
        truth.append(np.tanh(W @ truth[-1] + x_t))
    for sweep in range(25):
        if np.abs(h - truth[1:]).max() <= 1e-10:
            return sweep
        before = np.concatenate((np.zeros((1, len(W))), h[:-1]))
        f = np.tanh(before @ W.T + x)
        new, last = [], np.zeros(len(W))
        for f_t, h_t, h_before in zip(f, h, before, strict=True):
            last = f_t + (1 - f_t**2) * (W @ (last - h_before))
            new.append(last)
            assert len(h_t) == len(last)
        h = np.clip(new, -1, 1)
    return None


@pytest.mark.sentences("ch10_what_came_next.sweeps_against_gain")
def test_sweeps_against_gain():
    for v, sentence in positions(next_ones.sweeps_against_gain):
        gain, kind = round(v["gain"], 1), v["kind"]
        needed = sweeps_needed(gain, kind)
        if needed is None or "not all right" in sentence:
            assert "not all right in 24 sweeps" in sentence or needed >= 23
        else:
            assert abs(found("right after # sweeps", sentence)[0] - needed) <= (needed > 12)
        counts, exponents = (part[newton.GAINS.index(gain)] for part in newton.newton_table()[1000, kind])
        finite = counts[np.isfinite(counts)]
        assert ("more than 200 sweeps" in sentence) == (len(finite) < len(counts))
        if len(finite):
            assert re.search(
                rf"networks need {finite.min():.0f}( to {counts.max():.0f})?( to more than 200)? sweeps", sentence
            )
        assert abs(found("by the factor # a step", sentence)[0] - np.exp(exponents.mean())) <= 0.00501


@pytest.mark.sentences("ch10_what_came_next.impulse_memory")
def test_impulse_memory():
    for v, sentence in positions(next_ones.impulse_memory):
        h = 1.0
        for _ in range(1000):
            h *= v["radius"]
        assert near(found("after 1000 steps # of the impulse", sentence)[0], h, 3)
        if v["degrees"]:
            assert near(found("It turns once in # steps", sentence)[0], 360 / v["degrees"], 3)
        assert ("does not turn" in sentence) == (v["degrees"] == 0)
        assert ("On the unit circle" in sentence) == (abs(h - 1) < 1e-9)
        assert ("explodes" in sentence) == (h > 1 + 1e-9)


@pytest.mark.sentences("ch10_what_came_next.correcting")
def test_correcting():
    k = np.array([0.6, 0.8])
    for v, sentence in positions(next_ones.correcting):
        beta, angle = v["beta"], np.radians(v["degrees"])
        S = np.outer(answers.BEFORE, k)
        S = S - beta * np.outer(S @ k - answers.WANTED, k)
        ratio = (S @ k - answers.WANTED) / (answers.BEFORE - answers.WANTED)
        np.testing.assert_allclose(ratio, 1 - beta, atol=1e-12)
        if 0 < beta < 2 and beta != 1:
            assert abs(found("is multiplied by #", sentence)[0] - ratio[0]) <= 0.00501
            assert ("sign reversed" in sentence) == (ratio[0] < 0)
        # two steps: the determinant is (1 - beta)^2, and the trace follows from the angle
        half = 1 - beta + beta**2 * np.cos(angle) ** 2 / 2
        inner = half**2 - (1 - beta) ** 2
        if beta == 0:
            assert "change nothing" in sentence
        elif inner >= -1e-9:
            pair = sorted((half + np.sqrt(max(inner, 0)), half - np.sqrt(max(inner, 0))), reverse=True)
            said = sorted(found("have the real eigenvalues # and #:", sentence), reverse=True)
            np.testing.assert_allclose(said, pair, atol=0.0051)
            assert ("nothing is reversed" in sentence) == (pair[1] > -1e-9)
        else:
            turn, kept = found("turn by #° and keep # of the size", sentence)
            assert abs(turn - np.degrees(np.arctan2(np.sqrt(-inner), half))) <= 0.501
            assert abs(kept - abs(1 - beta)) <= 0.00501
        if "all is as before" in sentence:
            pairs = int(found("After # such pairs", sentence)[0])
            keys = [np.array([1.0, 0.0]), np.array([np.cos(angle), np.sin(angle)])]
            step = reduce(np.matmul, (np.eye(2) - beta * np.outer(key, key) for key in keys))
            np.testing.assert_allclose(np.linalg.matrix_power(step, pairs), np.eye(2), atol=1e-9)


@pytest.mark.sentences("ch10_what_came_next.recall_by_age")
@SOME_OR_ALL
def test_recall_by_age(most):
    """One memory after another, pair by pair; the shares over 16 draws are those of the table."""
    for v, sentence in positions(next_ones.recall_by_age, most):
        d, n, kind = v["d"], round(v["multiple"] * v["d"]), v["kind"]
        writing = memories.draw_pairs(np.random.default_rng(0), d, n, v["twice"])
        S, keys, values = np.zeros((d, d)), writing.keys, writing.values
        for key, word in zip(keys, values, strict=True):
            beta = {"delta rule, β = 1": 1.0, "delta rule, β = 0.5": 0.5}.get(kind)
            kept = S - beta * np.outer(S @ key, key) if beta else S * (1 - 1 / d if kind == "gated sum" else 1)
            S = kept + (beta or 1) * np.outer(word, key)
        read = keys[-n:] @ S.T
        if kind == "softmax attention":
            powers = np.exp(np.sqrt(d) * keys[-n:] @ keys.T)
            read = powers @ values / powers.sum(axis=1, keepdims=True)
        nearest = ((read[:, None] - writing.vocabulary) ** 2).sum(axis=-1).argmin(axis=1)
        right = nearest == writing.words[-n:]
        if n > 1:
            older, newer = found("in this draw #% of the older half and #% of the newer", sentence)
            assert abs(older - 100 * right[: n // 2].mean()) <= 0.501
            assert abs(newer - 100 * right[-(n // 2) :].mean()) <= 0.501
        shares = {name: memories.accuracy(d, n, v["twice"], name) for name in memories.KINDS}
        assert f"{shares[kind]:.0%} right words over 16 draws" in sentence
        best = re.search(r"Best here: (.*), (\d+)%\.", sentence)
        named = shares.keys() if best[1] == "all alike" else best[1].split(" and ")
        assert {name for name in shares if shares[name] == max(shares.values())} == set(named)
        assert ("pairs are kept" in sentence) == (kind == "softmax attention")
        assert kind == "softmax attention" or f"has {d * d} numbers" in sentence


# Chapter 11


@pytest.mark.sentences("ch11_laboratory.recorded")
def test_recorded():
    for v, sentence in positions(laboratory.recorded, most=400):
        view = recording(v["key"])[v["moment"]]
        if view.trouble:
            assert view.trouble in sentence
            continue
        lag = min(view.settings.length, len(view.lags) - 1)
        left = view.lags[lag] / view.lags[0] if view.lags[0] > 0 else np.nan
        if "less than a millionth" in sentence:
            assert left < 1e-6
        elif "No gradient" not in sentence:
            assert f"{lag} steps back" in sentence
            assert float(re.search(r"gradient is (\S+) times", sentence)[1]) == pytest.approx(left, rel=0.06)
        if "Nothing is trained yet" in sentence:
            assert view.steps == 0
            continue
        assert sentence.startswith(f"Step {view.steps}: the loss ")
        loss, guess, score = view.loss[1][-1], view.baseline, view.scores[1][-1]
        said = re.search(r"the loss (\S+) is (far below|below|near|above) what guessing costs, (\S+);", sentence)
        assert float(said[1]) == pytest.approx(loss, rel=0.006)
        assert float(said[3]) == pytest.approx(guess, rel=0.006)
        ends = {"far below": (0, 0.1), "below": (0.1, 0.9), "near": (0.9, 1.1), "above": (1.1, np.inf)}[said[2]]
        assert ends[0] <= loss / guess < ends[1]
        assert float(re.search(r"on held-out data (\S+)\. ", sentence)[1]) == pytest.approx(score, rel=0.006, abs=1e-9)
        if v["key"] in MISSIONS and "The goal is reached" in sentence:
            assert MISSIONS[v["key"]].reached(score)
