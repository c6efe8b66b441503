"""Chapter 8: what it says of language models, their floor, what they write, and how they fit."""

import re
from math import exp, log

import numpy as np
import pytest

import rnnlib
from rnnlib.explorers import language_models as explorers
from rnnlib.explorers.language_models import fits, runs, truncation, writing
from rnnlib.figures import words as figures
from rnnlib.style import new_figure
from rnnlib.tasks import flights

END = runs.END


@pytest.fixture(scope="module")
def results():
    return runs.results()


@pytest.fixture(scope="module")
def model():
    return runs.trained()


def test_the_entropy_by_applying_the_equation_again_and_again():
    H, L = dict.fromkeys(flights.RULES, 0.0), dict.fromkeys(flights.RULES, 0.0)
    for _ in range(200):
        H = {
            A: sum(p * (-log(p) + sum(H.get(s, 0) for s in way)) for p, way in ways)
            for A, ways in flights.RULES.items()
        }
        L = {A: sum(p * sum(L.get(s, 1) for s in way) for p, way in ways) for A, ways in flights.RULES.items()}
    exact = flights.entropy()
    assert H["REQUEST"] == pytest.approx(exact.request)
    assert L["REQUEST"] + 1 == pytest.approx(exact.length)
    assert (f"{exact.request:.3f}", f"{exact.length:.3f}") == ("12.418", "15.277")
    assert (f"{exact.per_word:.4f}", f"{exact.perplexity:.3f}") == ("0.8129", "2.254")


def test_what_other_distributions_lose_is_the_entropy_and_the_divergence():
    p, q = np.random.default_rng(0).dirichlet(np.ones(6), size=2)
    divergence = np.sum(p * np.log(p / q))
    assert divergence > 0
    assert -np.sum(p * np.log(q)) == pytest.approx(-np.sum(p * np.log(p)) + divergence)


def test_a_table_of_pairs_guesses_well_and_writes_badly():
    text, held_out = runs.training_text(), runs.held_out_text()
    assert text.x.shape == (6000, 32, 45)
    pairs = np.full((45, 45), 1e-3)
    np.add.at(pairs, (text.targets[:-1], text.targets[1:]), 1)
    pairs /= pairs.sum(axis=1, keepdims=True)
    loss = -np.log(pairs[held_out.targets[:-1], held_out.targets[1:]]).mean()
    assert exp(loss) == pytest.approx(2.91, abs=0.005)
    frequency = np.bincount(text.targets.ravel()) / text.targets.size
    assert exp(-np.log(frequency[held_out.targets[1:]]).mean()) == pytest.approx(36, abs=0.5)
    rng, right = np.random.default_rng(2), 0
    for _ in range(300):
        words = [END]
        while len(words) < 2 or words[-1] != END:
            words.append(rng.choice(45, p=pairs[words[-1]]))
        right += flights.is_well_formed([flights.WORDS[k] for k in words[1:-1]])
    assert right < 0.06 * 300


def test_what_the_words_of_a_request_cost():
    words = [
        "show",
        "me",
        "a",
        "return",
        "flight",
        "from",
        "taipei",
        "to",
        "oslo",
        "on",
        "monday",
        "and",
        "back",
        "on",
        "friday",
    ]
    nats = [-log(flights.next_words(words[:k])[word]) for k, word in enumerate([*words, flights.END])]
    assert sum(nats) == pytest.approx(-flights.log_probability(words))
    cost = dict(zip(words, nats, strict=False))
    for word in ("me", "flight", "back"):
        assert cost[word] == pytest.approx(0, abs=1e-12)
    for word in ("taipei", "oslo", "monday", "friday"):
        assert 1 < cost[word] < 2.5


def test_the_perplexity_of_the_grammar_is_that_of_its_next_words(monkeypatch):
    text = flights.draw_text(np.random.default_rng(3), 2, 41)
    monkeypatch.setattr(runs, "held_out_text", lambda: text)
    loss = []
    for column in text.targets.T:
        said = []
        for k in column:
            word = flights.WORDS[k]
            loss.append(-log(flights.next_words(said)[word]))
            said = [] if word == flights.END else [*said, word]
    assert runs.grammar_perplexity.__wrapped__() == pytest.approx(exp(np.mean(loss)))


def test_the_saved_model_is_near_the_floor_and_not_below_the_grammar(model):
    perplexity = runs.perplexity(model, runs.held_out_text())
    assert perplexity == pytest.approx(2.298, abs=0.002)
    assert runs.grammar_perplexity() == pytest.approx(2.245, abs=0.0005)
    assert 0.015 < log(perplexity / runs.grammar_perplexity()) < 0.03
    untrained = runs.new_model("GRU", np.random.default_rng(0))
    assert runs.perplexity(untrained, runs.held_out_text()) > 40


def test_the_saved_results_are_small(results):
    assert runs.RESULTS.stat().st_size < 100_000
    assert all(value.dtype == np.float32 for value in results.values())


def test_the_saved_contest_has_the_saved_model_in_it(model, results):
    perplexity, *shares = results["contest"][list(runs.UNITS).index("GRU"), runs.RATES.index(runs.RATE), 0]
    assert perplexity == pytest.approx(runs.perplexity(model, runs.held_out_text()), rel=1e-4)
    for temperature in (0.5, 1.5):
        share = runs.well_formed(model, temperature)
        assert shares[runs.TEMPERATURES.index(temperature)] == pytest.approx(share, abs=0.011)


def test_a_training_done_again_gives_the_saved_curve(results):
    curves = runs.fit_run(30, 4, 0.15, steps=60)
    saved = results["fit"][runs.REQUESTS.index(30), runs.FIT_UNITS.index(4), runs.DROPOUTS.index(0.15)]
    np.testing.assert_allclose(curves, saved[:, :4], rtol=1e-4)


@pytest.mark.parametrize("carried", [False, True])
def test_windows_done_again_give_the_saved_losses(results, carried):
    places, mean = runs.window_run(40, carried)
    np.testing.assert_allclose([mean, *places], results["window"][runs.WINDOWS.index(40), int(carried)], rtol=1e-3)


def test_four_networks_have_nearly_ten_thousand_parameters_each():
    for kind in runs.UNITS:
        made = runs.new_model(kind, np.random.default_rng(0))
        assert 9700 < sum(array.size for array in made.params.values()) < 10_100


def test_log_probabilities_with_and_without_the_state(model):
    text = flights.draw_text(np.random.default_rng(4), 3, 11)
    assert -runs.log_probabilities(model, text).mean() == pytest.approx(model.loss(text))
    cut = runs.log_probabilities(model, text, window=4)
    for start in range(0, 11, 4):
        window = rnnlib.Batch(text.x[start : start + 4], text.targets[start : start + 4])
        assert -cut[start : start + 4].mean() == pytest.approx(model.loss(window))


def test_carrying_the_state_by_hand_is_what_stream_and_train_do():
    text = flights.draw_text(np.random.default_rng(5), 4, 30)
    mine, theirs, forgetful = (runs.new_model("GRU", np.random.default_rng(0), 6) for _ in range(3))
    for learner, carries in ((mine, True), (forgetful, False)):
        state, optimizer = None, rnnlib.Adam(0.01)
        for start in range(0, 30, 10):
            window = rnnlib.Batch(text.x[start : start + 10], text.targets[start : start + 10])
            _, gradients, run = learner.loss_and_gradients(window, state=state)
            state = run.final_state if carries else None
            optimizer.update(learner.params, gradients)
    rnnlib.train(theirs, rnnlib.stream(text, 10), 3, rnnlib.Adam(0.01), rng=np.random.default_rng(0), progress=False)
    for name, value in theirs.params.items():
        np.testing.assert_allclose(mine.params[name], value)
    assert not np.allclose(forgetful.params["W_o"], theirs.params["W_o"])


def test_without_the_state_the_first_place_of_a_window_is_dear(results):
    for window, (zero, carried) in zip(runs.WINDOWS, results["window"], strict=True):
        assert zero[1] > carried[1] + 0.2
        assert zero[1] > 1.05
        assert carried[0] < zero[0]
        if 5 <= window <= 20:
            assert 1.1 < zero[1] < 1.3
            assert carried[1] == pytest.approx(0.85, abs=0.02)
            assert np.all(zero[2 : window + 1] < zero[1])
    perplexities = np.exp(results["window"][:, :, 0])
    assert perplexities[0, 1] < 2.45  # windows of two words, against 2.91 of the table of pairs
    assert np.all(perplexities[runs.WINDOWS.index(40)] > perplexities[runs.WINDOWS.index(20)])
    assert np.all(perplexities[1:4, 1] < 2.345)


def test_it_has_to_start_from_a_state_that_it_knows(model):
    shares = []
    for prefix in ([], [flights.WORD_INDEX[word] for word in runs.SAID]):
        symbols, _ = rnnlib.generate(model, np.random.default_rng(5), 40, size=300, prefix=prefix, end=END)
        shares.append(np.mean([flights.is_well_formed(words) for words in flights.decode(symbols)]))
    assert shares[0] < 0.2
    assert shares[1] > 0.92


def test_what_is_written_begins_as_told_and_ends(model):
    beginning = ["show", "me", "flights"]
    requests, ended = runs.write(model, np.random.default_rng(0), 40, 1.0, beginning)
    assert all(words[:3] == beginning for words in requests)
    assert all(flights.END not in words for words in requests)
    assert ended.mean() > 0.9
    hot, ended = runs.write(model, np.random.default_rng(0), 40, 50.0)
    assert not ended.all()
    assert all(len(words) == runs.LONGEST for words, end in zip(hot, ended, strict=True) if not end)


def test_a_slip_at_each_word_is_a_power_over_a_request(model):
    allowed = []
    for seed in range(100):
        words = flights.draw_request(np.random.default_rng(seed))
        chances = rnnlib.softmax(runs.logits_after(model, words))
        for k in range(len(words) + 1):
            allowed.append(sum(chances[k, flights.WORD_INDEX[word]] for word in flights.next_words(words[:k])))
    slip = 1 - np.mean(allowed)
    assert 0.0015 < slip < 0.0025
    assert (1 - slip) ** flights.entropy().length == pytest.approx(0.97, abs=0.01)
    assert runs.well_formed(model, 1.0, 300) == pytest.approx(0.96, abs=0.02)


def test_the_logits_after_words_are_those_of_the_model(model):
    words = ["i", "need", "a", "flight"]
    given = [flights.WORD_INDEX[word] for word in (*runs.SAID, *words)]
    x = np.concatenate((np.zeros((1, 45)), np.eye(45)[given]))[:, None]
    np.testing.assert_allclose(runs.logits_after(model, words), model.outputs(x)[-5:, 0])


def test_cold_it_repeats_itself_and_hot_it_breaks_the_rules():
    shares, examples = writing._shares_of_trained()
    well, different = shares.T
    assert np.all(different <= well)
    assert well[0] == 1
    assert different[0] < 0.15
    assert np.all(well[writing.SHARES > 2.2] < 0.1)
    best = writing.SHARES[different.argmax()]
    assert 0.45 < best < 0.85
    assert different.max() > 0.95
    for words, fault in examples:
        assert flights.is_well_formed(words) == (fault == ".")
    assert any("allowed is" in fault for _, fault in examples)


def test_a_fault_is_named():
    words = ["show", "me", "a", "flight", "to", "oslo", "that", "leave"]
    assert writing._fault(words, True) == ", which breaks off the grammar at “leave”: allowed is leaves."
    assert "“<end>”" in writing._fault(["show", "me"], True)
    assert "no end" in writing._fault(["show", "me", "a", "flight", "from", "oslo", "via", "lima"], False)


def test_every_word_has_its_place_in_the_picture():
    assert sorted(word for column in writing.LAYOUT for word in column) == sorted(flights.WORDS)


@pytest.mark.parametrize("beginning", writing.BEGINNINGS)
def test_extremes_of_temperature_and_beginnings_never_seen(beginning):
    explorer, largest = explorers.generation(), {}
    for tau in (0.05, 5.0):
        for step in (1, 3, writing.LONGEST):
            explorer.set(tau=tau, beginning=beginning, step=step)
            largest[tau, step] = float(re.search(r"next word is “\S+” with ([\d.]+);", explorer.sentence)[1])
            if beginning.startswith("taipei"):
                assert "can make nothing of these words" in explorer.sentence
    assert largest[5.0, 1] < 0.8
    assert largest[0.05, 1] > largest[5.0, 1]
    explorer.close()


def test_the_explorer_shows_the_model_and_the_grammar(model):
    explorer = explorers.generation()
    explorer.set(beginning="show me flights from oslo", step=1)
    truth = flights.next_words(["show", "me", "flights", "from", "oslo"])
    chances = rnnlib.softmax(runs.logits_after(model, ["show", "me", "flights", "from", "oslo"])[-1])
    column = writing.LAYOUT[1]
    bars, strokes = explorer.artists["bars"][1], explorer.artists["strokes"][1]
    lengths = [path.vertices[:, 0].max() for path in bars.get_paths()]
    np.testing.assert_allclose(lengths, [chances[flights.WORD_INDEX[word]] for word in column])
    places = {column[round(segment[:, 1].mean())]: segment[0, 0] for segment in strokes.get_segments()}
    assert places == pytest.approx(truth)
    explorer.close()


def test_a_model_of_the_reader_is_what_is_shown(model):
    other = runs.new_model("GRU", np.random.default_rng(1), 8)
    mine, given = explorers.generation(), explorers.generation(other)
    assert mine.sentence != given.sentence
    fresh, examples = writing._shares(other)
    assert fresh.max() < 0.05
    assert all(fault != "." for _, fault in examples)
    for explorer in (mine, given):
        explorer.close()


def test_what_is_known_by_heart():
    assert exp(log(30) / flights.entropy().length) == pytest.approx(1.25, abs=0.005)
    assert len(set(map(tuple, runs.some_requests(30)))) == 30
    assert runs.some_requests(100)[:30] == runs.some_requests(30)


def test_under_fitting_and_over_fitting(results):
    fit, floor = results["fit"], flights.entropy().perplexity
    training, validation = fit[..., 0, :], fit[..., 1, :]
    by_heart = np.exp(np.log(runs.REQUESTS) / flights.entropy().length)
    assert np.all(training.min(axis=-1) > 0.97 * by_heart[:, None, None])
    # thirty requests by heart, and nothing of the grammar
    assert training[0, -1, 0, -1] < 1.3
    assert validation[0, -1, 0, -1] > 10
    # from 1000 requests on hardly anything turns
    assert np.all(validation[3:, :, :, -1] < 1.02 * validation[3:].min(axis=-1))
    assert np.all(validation[3:, -1, 0, -1] < 1.04 * floor)
    # four units under-fit: both curves are high and close together
    assert np.all(training[3:, 0, 0, -1] > 1.3 * floor)
    assert np.all(validation[3:, 0, 0, -1] < 1.04 * training[3:, 0, 0, -1])
    # hundred requests: dropout turns the curve later and lower, and the gap is smaller
    plain, dropped = validation[1, -1, 0], validation[1, -1, 2]
    assert dropped.argmin() > plain.argmin() == 5  # step 100
    assert dropped.min() < plain.min()
    assert dropped[-1] < 0.6 * plain[-1]
    assert training[1, -1, 2, -1] > training[1, -1, 0, -1]


@pytest.mark.parametrize(
    ("requests", "units", "verdict"),
    [(0, 4, "over-fits"), (4, 0, "under-fits"), (4, 4, "It fits"), (0, 0, "under-fits")],
)
def test_the_explorer_tells_the_kinds_of_fit_apart(requests, units, verdict):
    explorer = explorers.fit()
    explorer.set(requests=requests, units=units)
    assert verdict in explorer.sentence
    explorer.close()


def test_the_best_step_is_marked():
    explorer = explorers.fit()
    (x,), (y,) = explorer.artists["best"].get_data()
    curve = explorer.artists["validation"].get_ydata()
    assert y == curve.min()
    assert x == fits.STEPS[curve.argmin()]
    explorer.close()


def test_jordan_and_elman_as_language_models_and_as_writers(results):
    contest, at_one = results["contest"], 1 + runs.TEMPERATURES.index(1.0)
    names = list(runs.UNITS)
    perplexity, share = np.median(contest[..., 0], axis=2), np.median(contest[..., at_one], axis=2)
    elman, jordan, gru = (names.index(name) for name in ("Elman", "Jordan", "GRU"))
    for rate in range(len(runs.RATES)):
        assert perplexity[elman, rate] < perplexity[jordan, rate]
        assert share[elman, rate] >= share[jordan, rate]
        assert perplexity[jordan, rate] == perplexity[:, rate].max()
    assert np.all(contest[jordan, runs.RATES.index(0.02), :, 0] > 100)
    assert np.all(perplexity[gru, :2] == perplexity[:, :2].min(axis=0))
    others = [k for k in range(4) if k != jordan]
    assert contest[others][..., 0].max() < 2.42


def test_what_runs_away_is_said():
    explorer = explorers.contest()
    assert "ran away" not in explorer.sentence
    explorer.set(rate=2)
    assert "Jordan ran away in 3 of 3 trainings" in explorer.sentence
    assert "upper edge" in explorer.sentence
    explorer.close()


def test_the_explorer_of_windows_shows_what_was_measured(results):
    explorer = explorers.windows()
    explorer.set(k=2)
    for k, name in enumerate(truncation.LOOKS):
        np.testing.assert_array_equal(explorer.artists[name].get_ydata(), results["window"][2, k, 1:11])
    explorer.close()


def test_the_tool_makes_a_table_of_a_grid():
    from train_language_models import table

    made = table(lambda a, b: [a, b, a * b], (1, 2, 3), (10, 20))
    assert made.shape == (3, 2, 3)
    np.testing.assert_array_equal(made[2, 1], [3, 20, 60])


def test_surprises_are_bars_with_their_words_below():
    ax = new_figure().subplots()
    bars = figures.surprises(ax, ["show", "me"], [0.9, 0.0])
    assert [bar.get_height() for bar in bars] == [0.9, 0.0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["show", "me"]
    assert [text.get_text() for text in ax.texts] == ["0.9", "0"]
