"""What chapters 4 to 8 draw from few networks, from ten new seeds or twenty new draws (slow).

What they draw from trainings that were saved over seeds is in the tests of each chapter, marked slow there.
"""

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch2_bptt import experiments as through_time
from rnnlib.chapters.ch4_lstm import experiments as gated
from rnnlib.chapters.ch6_bidirectional import experiments as both_ways
from rnnlib.chapters.ch8_language_models import characters
from rnnlib.chapters.ch8_language_models import experiments as language
from rnnlib.tasks import flights

pytestmark = pytest.mark.slow
NEW_SEEDS, NEW_DRAWS = range(100, 110), range(101, 121)
BIASES = list(gated.BIASES)


@pytest.fixture(scope="module")
def left():
    """What is left of a gradient after 100 steps in new draws: the whole and along the direct path, (draws, biases)."""
    kept = {}

    def of(kind, gate, gain):
        if (kind, gain) not in kept:
            runs = [gated.left_in_gated(kind, gate, gain, draw) for draw in NEW_DRAWS]
            kept[kind, gain] = [np.array([part[which][-1] for part in runs]) for which in (0, 1)]
        return kept[kind, gain]

    return of


def test_claim_the_gain_of_an_open_forget_gate_flattens_out(left):
    """Chapter 4: from a bias of 1 to 5 the gradient gains powers of ten; from 6 on next to nothing."""
    whole, direct = (np.median(part, axis=0) for part in left(rnnlib.LSTM, "f", 1.0))
    at = {bias: BIASES.index(bias) for bias in range(1, 9)}
    assert whole[at[1]] < 1e-6 < 1e-2 < whole[at[3]] < whole[at[5]]
    assert max(whole[at[bias]] for bias in (6, 7, 8)) < 4 * whole[at[5]]
    assert max(direct[at[bias]] for bias in (6, 7, 8)) < 0.2


def test_claim_an_lstm_explodes_along_its_other_paths_alone(left):
    """Chapter 4: at gain 6 and bias 0 most gradients grow, and none along the direct path."""
    whole, direct = (part[:, BIASES.index(0)] for part in left(rnnlib.LSTM, "f", 6.0))
    assert np.mean(whole > 1) > 0.5
    assert direct.max() < 1e-3


def test_claim_an_unclipped_step_jams_the_gates_of_many_starts_and_a_clipped_one_of_hardly_any():
    """Chapter 4: about a third of the starts, some more or less by chance."""
    free, clipped = (np.array([gated.one_wild_step(seed, clip) for seed in range(100, 160)]) for clip in (None, 1.0))
    assert 0.2 < np.mean(free[:, 2] - free[:, 1] > 0.1) < 0.55
    assert np.mean(clipped[:, 2] - clipped[:, 1] > 0.1) < 0.05


def test_claim_the_gradient_of_a_gru_is_near_its_direct_path_and_that_of_an_lstm_spreads(left):
    """Chapter 5: from a bias of 3 on, in every draw."""
    whole, direct = left(rnnlib.GRUResetAfter, "z", 1.0)
    lstm, _ = left(rnnlib.LSTM, "f", 1.0)
    for bias in range(3, 9):
        ratio = whole[:, BIASES.index(bias)] / direct[:, BIASES.index(bias)]
        assert np.all((ratio > 0.5) & (ratio < 4)), bias
        assert lstm[:, BIASES.index(bias)].max() > 10 * lstm[:, BIASES.index(bias)].min()
    assert np.median(whole[:, BIASES.index(5)]) > 0.1 < np.median(lstm[:, BIASES.index(5)])


def test_claim_two_directions_keep_the_ends_and_lose_the_middle():
    """Chapter 6: at gain 0.8 in every draw; above 1 some draws explode, and most do not."""
    near = np.array([both_ways.both_gradients(0.8, 50, draw) for draw in NEW_DRAWS])
    assert np.all(near[:, 24] < near[:, [0, -1]].min(axis=1) / 100)
    middles = {
        gain: np.array([both_ways.both_gradients(gain, 50, d)[24] for d in NEW_DRAWS]) for gain in (1.2, 2.0, 3.0)
    }
    assert middles[1.2].max() < 10
    assert np.mean(middles[2.0] > 10) < 0.5
    assert np.mean(middles[3.0] > 10) > np.mean(middles[2.0] > 10)


@pytest.fixture(scope="module")
def writers():
    """Ten language models trained as that of chapter 8."""
    return [language.train_on_text("GRU", seed) for seed in NEW_SEEDS]


def test_claim_a_language_model_comes_near_the_grammar_and_not_below(writers):
    perplexities = [language.perplexity(model, language.held_out_text()) for model in writers]
    grammar = language.grammar_perplexity()
    assert all(grammar < found < 1.05 * grammar for found in perplexities)


def test_claim_it_has_to_start_from_a_state_that_it_knows(writers):
    said = [flights.WORD_INDEX[word] for word in language.SAID]
    for model in writers:
        empty, known = (
            np.mean(
                [
                    flights.is_well_formed(words)
                    for words in flights.decode(
                        rnnlib.generate(model, np.random.default_rng(5), 40, size=300, prefix=prefix, end=language.END)[
                            0
                        ]
                    )
                ]
            )
            for prefix in ([], said)
        )
        assert empty < 0.6 * known
        assert known > 0.85


def test_claim_a_slip_at_each_word_is_a_power_over_a_request(writers):
    requests = [flights.draw_request(np.random.default_rng(k)) for k in range(40)]
    for model in writers:
        allowed = []
        for words in requests:
            chances = rnnlib.softmax(language.logits_after(model, words))
            for k in range(len(words) + 1):
                allowed.append(sum(chances[k, flights.WORD_INDEX[word]] for word in flights.next_words(words[:k])))
        expected = np.mean(allowed) ** flights.entropy().length
        assert language.well_formed(model, 1.0, 300) == pytest.approx(expected, abs=0.06)


def test_claim_cold_it_repeats_itself_hot_it_errs_and_the_best_is_between(writers):
    def good_and_new(model, tau):
        drawn, ended = language.write(model, np.random.default_rng(5), 200, tau)
        good = [" ".join(said) for said, end in zip(drawn, ended, strict=True) if end and flights.is_well_formed(said)]
        return len(set(good)), len(good)

    for model in writers:
        (cold, cold_good), (mild, _), (hot, hot_good) = (good_and_new(model, tau) for tau in (0.05, 0.6, 2.0))
        assert cold_good > 180 > 60 > cold
        assert hot_good < 60
        assert mild > max(cold, hot, 150)


def test_claim_a_network_that_reads_characters_writes_words():
    """Chapter 8: more of its words are words the colder it writes, and at each temperature more than by the pairs."""
    beginning, table, rng = "The river is ", characters.pairs(), np.random.default_rng(3)
    by_pairs = [characters.encode(beginning)[-1]]
    for _ in range(1000):
        by_pairs.append(rng.choice(len(table), p=table[by_pairs[-1]]))
    baseline = characters.words_of_the_story(characters.decode(by_pairs))
    for seed in NEW_SEEDS:
        model, _ = characters.train_model(seed, patience=4, watch="validation")
        cold, warm, hot = (
            characters.words_of_the_story(characters.write(model, np.random.default_rng(3), beginning, 1000, tau))
            for tau in (0.4, 0.7, 1.0)
        )
        assert cold > warm > hot > 2 * baseline


def test_claim_fed_its_own_outputs_a_network_drifts():
    """Chapter 2: taught by teacher forcing, its error alone is more than three times as large."""

    def draw_wave(rng, size=16):
        t = np.arange(61)[:, None] + rng.uniform(0, 60, size)
        y = 0.6 * np.sin(2 * np.pi * t / 12) + 0.4 * np.sin(2 * np.pi * t / 30)
        return rnnlib.Batch(y[:-1, :, None], y[1:, :, None])

    larger = []
    for seed in NEW_SEEDS:
        rng = np.random.default_rng(seed)
        model = rnnlib.Model(rnnlib.Elman(1, 16, rng=rng), 1, loss="squared_error", rng=rng)
        rnnlib.train(model, draw_wave, 150, rnnlib.Adam(0.01), rng=rng, clip=1.0, progress=False)
        test = draw_wave(np.random.default_rng(10), size=20)
        forced, run = model.outputs(test.x), rnnlib.unroll(model.network, test.x[:20])
        state, said = run.final_state, forced[19]
        alone = []
        for _ in range(40):
            step = rnnlib.unroll(model.network, said[None], state)
            state, said = step.final_state, model.read_out(step.outputs)[0]
            alone.append(said)
        errors = [np.sqrt(np.mean((y - test.targets[20:]) ** 2)) for y in (forced[20:], np.array(alone))]
        larger.append(errors[1] > 3 * errors[0])
    assert sum(larger) >= 8


def test_claim_a_window_of_two_carries_further_than_it_looks():
    """Chapter 2: what is learned at lags 1 to 4 in a window of two steps works at 60."""
    shares = np.array([through_time.train_in_window(2, seed) for seed in NEW_SEEDS])
    assert np.sum(np.all(shares > 0.99, axis=1)) >= 9
