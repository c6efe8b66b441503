"""Chapter 8: what it says of language models, their floor, what they write, and how they fit."""

import re
from collections import Counter
from functools import cache
from math import exp, log

import numpy as np
import pytest
import train_language_models
from train_language_models import table

import rnnlib
from rnnlib.chapters.ch8_language_models import characters, experiments, explorers
from rnnlib.chapters.ch8_language_models.explorers import fits, truncation, writing
from rnnlib.pictures.figures import words as figures
from rnnlib.pictures.style import new_figure
from rnnlib.tasks import flights

END = experiments.END


@pytest.fixture(scope="module")
def results():
    return experiments.results()


@pytest.fixture(scope="module")
def model():
    return experiments.trained()


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
    text, held_out = experiments.training_text(), experiments.held_out_text()
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
    monkeypatch.setattr(experiments, "held_out_text", lambda: text)
    loss = []
    for column in text.targets.T:
        said = []
        for k in column:
            word = flights.WORDS[k]
            loss.append(-log(flights.next_words(said)[word]))
            said = [] if word == flights.END else [*said, word]
    assert experiments.grammar_perplexity.__wrapped__() == pytest.approx(exp(np.mean(loss)))


def test_the_saved_model_is_near_the_floor_and_not_below_the_grammar(model):
    perplexity = experiments.perplexity(model, experiments.held_out_text())
    assert perplexity == pytest.approx(2.298, abs=0.002)
    assert experiments.grammar_perplexity() == pytest.approx(2.245, abs=0.0005)
    assert 0.015 < log(perplexity / experiments.grammar_perplexity()) < 0.03
    untrained = experiments.new_model("GRU", np.random.default_rng(0))
    assert experiments.perplexity(untrained, experiments.held_out_text()) > 40


def test_the_saved_results_are_small(results):
    assert experiments.RESULTS.stat().st_size < 120_000
    assert all(value.dtype == np.float32 for value in results.values())


def test_the_saved_contest_has_the_saved_model_in_it(model, results):
    perplexity, *shares = results["contest"][
        list(experiments.UNITS).index("GRU"), experiments.RATES.index(experiments.RATE), 0
    ]
    assert perplexity == pytest.approx(experiments.perplexity(model, experiments.held_out_text()), rel=1e-4)
    for temperature in (0.5, 1.5):
        share = experiments.well_formed(model, temperature)
        assert shares[experiments.TEMPERATURES.index(temperature)] == pytest.approx(share, abs=0.011)


def test_a_training_done_again_gives_the_saved_curve(results):
    curves = experiments.fit_run(30, 4, 0.15, steps=60)
    saved = results["fit"][
        experiments.REQUESTS.index(30), experiments.FIT_UNITS.index(4), experiments.DROPOUTS.index(0.15)
    ]
    np.testing.assert_allclose(curves, saved[:, :4], rtol=1e-4)


@pytest.mark.parametrize("carried", [False, True])
def test_windows_done_again_give_the_saved_losses(results, carried):
    places, mean = experiments.window_run(40, carried)
    np.testing.assert_allclose(
        [mean, *places], results["window"][experiments.WINDOWS.index(40), int(carried), 0], rtol=1e-3
    )


def test_four_networks_have_nearly_ten_thousand_parameters_each():
    for kind in experiments.UNITS:
        made = experiments.new_model(kind, np.random.default_rng(0))
        assert 9700 < sum(array.size for array in made.params.values()) < 10_100


def test_log_probabilities_with_and_without_the_state(model):
    text = flights.draw_text(np.random.default_rng(4), 3, 11)
    assert -experiments.log_probabilities(model, text).mean() == pytest.approx(model.loss(text))
    cut = experiments.log_probabilities(model, text, window=4)
    for start in range(0, 11, 4):
        window = rnnlib.Batch(text.x[start : start + 4], text.targets[start : start + 4])
        assert -cut[start : start + 4].mean() == pytest.approx(model.loss(window))


def test_carrying_the_state_by_hand_is_what_stream_and_train_do():
    text = flights.draw_text(np.random.default_rng(5), 4, 30)
    mine, theirs, forgetful = (experiments.new_model("GRU", np.random.default_rng(0), 6) for _ in range(3))
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


# The claims that rest on trainings: what was saved over eight seeds, and, marked slow, ten trainings done afresh.


def afresh(name):
    """What the tool saves under ``name``, from ten seeds that the prose never saw."""
    seeds = range(100, 110)
    made = {
        "window": lambda: table(train_language_models.window, experiments.WINDOWS, (False, True), seeds),
        "fit_seeds": lambda: table(train_language_models.fit_of_claim, experiments.FIT_CLAIMS, seeds),
        "contest": lambda: table(train_language_models.contest, list(experiments.UNITS), experiments.RATES, seeds),
        "characters": lambda: table(characters.run, seeds, (0.0, 0.3)),
    }
    return made[name]()


@pytest.fixture(scope="module", params=["saved", pytest.param("afresh", marks=pytest.mark.slow)])
def over_seeds(request):
    """A function from the name of a table to the table."""
    return experiments.results().get if request.param == "saved" else cache(afresh)


def test_claim_without_the_state_the_first_place_of_a_window_is_dear(over_seeds):
    measured = over_seeds("window")
    for window, (zero, carried) in zip(experiments.WINDOWS, measured, strict=True):
        assert np.all(zero[:, 1] > carried[:, 1 : window + 1].max(axis=1))
        assert np.all(carried[:, 0] < zero[:, 0])
    perplexities = np.exp(measured[..., 0])  # (windows, [zero, carried], seeds)
    assert np.all(perplexities[0, 1] < 2.6)  # windows of two words, against 2.91 of the table of pairs
    assert np.all(perplexities[4].mean(axis=1) > perplexities[3].mean(axis=1))
    assert np.all(perplexities[1:4, 1].mean(axis=1) < perplexities[[0, 4], 1].mean(axis=1).min())


def test_claim_few_requests_are_learned_by_heart_and_many_are_not(over_seeds):
    floor, fits = flights.entropy().perplexity, dict(zip(experiments.FIT_CLAIMS, over_seeds("fit_seeds"), strict=True))
    plain, dropped = fits[100, 64, 0.0], fits[100, 64, 0.3]
    assert np.all(plain[:, 0, -1] < floor)
    assert np.all(plain[:, 1, -1] > 1.5 * plain[:, 1].min(axis=1))
    assert np.all(dropped[:, 1, -1] < plain[:, 1, -1])
    assert np.mean(dropped[:, 1].min(axis=1)) < np.mean(plain[:, 1].min(axis=1))
    many, small = fits[1000, 64, 0.0], fits[3000, 4, 0.0]
    assert np.all(many[:, 1, -1] < 1.05 * many[:, 1].min(axis=1))
    assert np.all(small[:, :, -1] > 1.2 * floor)
    assert np.all(small[:, 1, -1] < 1.05 * small[:, 0, -1])


def test_claim_jordan_guesses_worst_and_runs_away_at_the_highest_rate(over_seeds):
    contest, at_one = over_seeds("contest"), 1 + experiments.TEMPERATURES.index(1.0)
    names = list(experiments.UNITS)
    elman, jordan = (names.index(name) for name in ("Elman", "Jordan"))
    perplexity, share = np.median(contest[..., 0], axis=2), np.median(contest[..., at_one], axis=2)
    assert np.all(perplexity[jordan] == perplexity.max(axis=0))
    assert np.all(share[elman] >= share[jordan])
    assert np.mean(contest[jordan, experiments.RATES.index(0.02), :, 0] > 10) > 0.7
    others = [k for k in range(4) if k != jordan]
    assert contest[others][..., 0].max() < 2.5


def test_claim_a_story_is_learned_and_then_learned_by_heart(over_seeds):
    baselines = characters.baselines()
    for training, validation in over_seeds("characters").transpose(1, 2, 0, 3):
        assert np.all(validation.min(axis=1) < 0.6 * baselines["the table of pairs"])
        assert np.all(validation[:, -1] > training[:, -1])
    plain, dropped = over_seeds("characters").transpose(1, 2, 0, 3)
    assert np.all(plain[1, :, -1] > 1.1 * plain[1].min(axis=1))
    assert np.all(dropped[1, :, -1] < plain[1, :, -1])


def test_the_story_as_data():
    learned, aside = characters.parts()
    assert learned + aside == characters.story()[0]
    assert learned.endswith("\n\n")
    assert 10_000 < len(learned + aside) < 20_000
    batch = characters.as_batch("The ferry is", 2)
    assert batch.x.shape == (6, 2, len(characters.alphabet()))
    assert [characters.decode(column) for column in batch.targets.T] == ["The fe", "rry is"]
    np.testing.assert_array_equal(batch.x[1:].argmax(axis=-1), batch.targets[:-1])
    assert not batch.x[0].any()
    assert characters.decode(characters.encode(aside)) == aside
    with pytest.raises(ValueError, match="'€' beside them"):
        characters.encode("a €")


def test_the_baselines_of_the_story_by_counting():
    learned, aside = characters.parts()
    counts = Counter(learned)
    total = sum(counts[c] + 0.1 for c in characters.alphabet())
    nats = -sum(log((counts[c] + 0.1) / total) for c in aside) / len(aside)
    assert characters.baselines()["how often each is"] == pytest.approx(exp(nats))
    np.testing.assert_allclose(characters.pairs().sum(axis=1), 1)
    t, h = (characters.alphabet().index(letter) for letter in "th")
    pairs_of_t = sum(a == "t" for a in learned[:-1])
    th = (learned.count("th") + 2 * (counts["h"] + 0.1) / total) / (pairs_of_t + 2)
    assert characters.pairs()[t, h] == pytest.approx(th)
    assert characters.baselines()["every character alike"] == len(characters.alphabet())


def test_a_character_model_writes_what_it_can_read():
    model, history = characters.train_model(0, steps=2)
    assert list(history.curve("validation")[0]) == [0, 2]
    written = characters.write(model, np.random.default_rng(0), "The ", 30)
    assert len(written) == 30
    assert set(written) <= set(characters.alphabet())
    assert characters.words_of_the_story("he The ferry xq river") == 2 / 3
    assert characters.words_of_the_story("ab") == 0


def test_it_has_to_start_from_a_state_that_it_knows(model):
    shares = []
    for prefix in ([], [flights.WORD_INDEX[word] for word in experiments.SAID]):
        symbols, _ = rnnlib.generate(model, np.random.default_rng(5), 40, size=300, prefix=prefix, end=END)
        shares.append(np.mean([flights.is_well_formed(words) for words in flights.decode(symbols)]))
    assert shares[0] < 0.2
    assert shares[1] > 0.92


def test_what_is_written_begins_as_told_and_ends(model):
    beginning = ["show", "me", "flights"]
    requests, ended = experiments.write(model, np.random.default_rng(0), 40, 1.0, beginning)
    assert all(words[:3] == beginning for words in requests)
    assert all(flights.END not in words for words in requests)
    assert ended.mean() > 0.9
    hot, ended = experiments.write(model, np.random.default_rng(0), 40, 50.0)
    assert not ended.all()
    assert all(len(words) == experiments.LONGEST for words, end in zip(hot, ended, strict=True) if not end)


def test_a_slip_at_each_word_is_a_power_over_a_request(model):
    allowed = []
    for seed in range(100):
        words = flights.draw_request(np.random.default_rng(seed))
        chances = rnnlib.softmax(experiments.logits_after(model, words))
        for k in range(len(words) + 1):
            allowed.append(sum(chances[k, flights.WORD_INDEX[word]] for word in flights.next_words(words[:k])))
    slip = 1 - np.mean(allowed)
    assert 0.0015 < slip < 0.0025
    assert (1 - slip) ** flights.entropy().length == pytest.approx(0.97, abs=0.01)
    assert experiments.well_formed(model, 1.0, 300) == pytest.approx(0.96, abs=0.02)


def test_the_logits_after_words_are_those_of_the_model(model):
    words = ["i", "need", "a", "flight"]
    given = [flights.WORD_INDEX[word] for word in (*experiments.SAID, *words)]
    x = np.concatenate((np.zeros((1, 45)), np.eye(45)[given]))[:, None]
    np.testing.assert_allclose(experiments.logits_after(model, words), model.outputs(x)[-5:, 0])


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
    assert any("it allows" in fault for _, fault in examples)


def test_a_fault_is_named():
    words = ["show", "me", "a", "flight", "to", "oslo", "that", "leave"]
    assert writing._fault(words, True) == ", which breaks off the grammar at “leave”: it allows leaves."
    assert "“<end>”" in writing._fault(["show", "me"], True)
    assert "no end" in writing._fault(["show", "me", "a", "flight", "from", "oslo", "via", "lima"], False)


def test_every_word_has_its_place_in_the_picture():
    assert sorted(word for column in writing.LAYOUT for word in column) == sorted(flights.WORDS)


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "show me flights from oslo",
        "i need a flight from oslo via lima via lima via lima via lima to paris that",
        "taipei taipei taipei",
    ],
)
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
    chances = rnnlib.softmax(experiments.logits_after(model, ["show", "me", "flights", "from", "oslo"])[-1])
    column = writing.LAYOUT[1]
    bars, strokes = explorer.artists["bars"][1], explorer.artists["strokes"][1]
    lengths = [path.vertices[:, 0].max() for path in bars.get_paths()]
    np.testing.assert_allclose(lengths, [chances[flights.WORD_INDEX[word]] for word in column])
    places = {column[round(segment[:, 1].mean())]: segment[0, 0] for segment in strokes.get_segments()}
    assert places == pytest.approx(truth)
    explorer.close()


def test_words_that_it_does_not_know_are_named_and_left_out():
    explorer = explorers.generation()
    explorer.set(beginning="show me flights to oslo", step=1)
    known = explorer.sentence
    explorer.set(beginning="  Show me FLIGHTS, to Helsinki oslo.", step=1)
    assert explorer.sentence == known + " It knows 44 words; “helsinki” is not among them, and is left out."
    explorer.set(beginning="a b c d e <end>")
    assert "“b”, “c”, “d” and others are not among them, and are left out." in explorer.sentence
    assert writing.known_words("… , taipei’") == (("taipei",), ())
    assert writing.known_words("") == ((), ())
    explorer.close()


@pytest.mark.sentences("ch8_language_models.generation")
def test_generation_says_what_the_model_and_the_grammar_give_at_200_positions(model):
    explorer, rng = explorers.generation(), np.random.default_rng(0)
    steps, taus = (explorer.controls[name].positions() for name in ("step", "tau"))
    for k in range(200):
        words = flights.draw_request(rng)
        words = words[: int(rng.integers(len(words)))]
        if k % 5 == 0:
            words = [flights.WORDS[j] for j in rng.integers(44, size=3)]
        tau, number = taus[rng.integers(len(taus))], int(rng.integers(1, 21))
        explorer.set(beginning=" ".join(words), step=int(rng.choice(steps)), tau=tau, number=number)
        said = explorer.sentence
        pattern = r"“(.+?)” with ([\d.]+); the word drawn is “(.+?)”, which has ([\d.e-]+)\."
        best, p_best, drawn, p_drawn = re.search(pattern, said).groups()
        requests, ended = experiments.write(model, np.random.default_rng(number), 1, tau, words)
        whole = [*requests[0], *[flights.END] * int(ended[0])]
        at = min(len(words) + explorer.values["step"], len(whole), len(words) + writing.LONGEST) - 1
        assert whole[at] == drawn
        given = [flights.WORD_INDEX[word] for word in (*experiments.SAID, *whole[:at])]
        x = np.concatenate((np.zeros((1, 45)), np.eye(45)[given]))[:, None]
        logits = model.outputs(x)[-1, 0] / tau
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        assert flights.WORDS[chances.argmax()] == best
        assert float(p_best) == pytest.approx(chances.max(), abs=0.0051)
        assert float(p_drawn) == pytest.approx(chances[flights.WORD_INDEX[drawn]], rel=0.06)
        truth = flights.next_words(whole[:at])
        assert ("can make nothing" in said) == (not truth)
        assert ("does not allow it here" in said) == (bool(truth) and drawn not in truth)
        if drawn in truth:
            assert f"The grammar gives it {truth[drawn]:.2f}" in said
        if truth:
            lost = sum(chances[j] for word, j in flights.WORD_INDEX.items() if word not in truth)
            assert f"{lost:.1%} of the model's" in said
    explorer.close()


@pytest.mark.sentences("ch8_language_models.requests")
def test_requests_counts_what_the_grammar_allows_at_every_position(model):
    explorer = explorers.requests()
    for k, tau in enumerate(writing.SHARES):
        explorer.set(k=k)
        drawn, ended = experiments.write(model, np.random.default_rng(5), writing.SHARE_OF, tau)
        good = [
            " ".join(words)
            for words, end in zip(drawn, ended, strict=True)
            if end and np.isfinite(flights.log_probability(words))
        ]
        said = explorer.sentence
        assert f"At τ = {tau:.2g}, {len(good) / 200:.0%} of 200 requests" in said
        assert f"{len(set(good)) / 200:.0%} are well-formed and different" in said
        example = re.search("“(.*?)”", said)[1]
        assert ("For example" in said) == (example in good)
    assert 1.0 in writing.SHARES
    explorer.close()


@pytest.mark.sentences("ch8_language_models.windows", "ch8_language_models.contest")
def test_windows_and_contest_say_what_was_measured_at_every_position(results):
    explorer = explorers.windows()
    for k, window in enumerate(experiments.WINDOWS):
        explorer.set(k=k)
        zero, carried = (np.mean([run[1] for run in results["window"][k, j]]) for j in (0, 1))
        both = (np.exp(np.mean([run[0] for run in results["window"][k, j]])) for j in (0, 1))
        assert explorer.sentence.startswith(f"Windows of {window} words, the mean of 8 trainings.")
        assert f"costs {zero:.2f} nats where the state was set to zero and {carried:.2f} where" in explorer.sentence
        assert explorer.sentence.endswith("{:.2f} and {:.2f}.".format(*both))
    explorer.close()
    explorer = explorers.contest()
    for rate, tau in np.ndindex(len(experiments.RATES), len(experiments.TEMPERATURES)):
        explorer.set(rate=rate, temperature=tau)
        edge = explorer.artists["perplexity", "GRU"].axes.get_ylim()[1] - 0.01
        for k, name in enumerate(experiments.UNITS):
            runs = results["contest"][k, rate]
            perplexity, share = np.median(runs[:, 0]), 100 * np.median(runs[:, 1 + tau])
            said = f"{perplexity:.2f}" if perplexity < 10 else "no language"
            assert f"{name} {said} and {share:.0f} %" in explorer.sentence
            assert (f"{name} ran away" in explorer.sentence) == bool(np.any(runs[:, 0] > 10))
            drawn = explorer.artists["perplexity", name].get_ydata()
            np.testing.assert_allclose(drawn, np.minimum(runs[:, 0], edge), rtol=1e-6)
        assert ("upper edge" in explorer.sentence) == bool(results["contest"][:, rate, :, 0].max() > edge)
    explorer.close()


@pytest.mark.sentences("ch8_language_models.fit")
def test_fit_names_the_kind_of_fit_at_every_position(results):
    explorer, floor = explorers.fit(), flights.entropy().perplexity
    for n, units, dropout in np.ndindex(5, 5, 3):
        explorer.set(requests=n, units=units, dropout=dropout)
        training, validation = results["fit"][n, units, dropout]
        said, end = explorer.sentence, validation[-1]
        smallest = f"smallest at step {20 * np.argmin(validation)}, {validation.min():.2f}, and {end:.2f} at the end"
        assert smallest in said
        assert ("below the floor is memory" in said) == (training[-1] * 1.1 < floor)
        if "It fits" in said:
            assert max(training[-1], end) <= 1.1 * floor
            assert training[-1] >= floor / 1.1
        if "turned and rises" in said:
            assert end > 1.1 * validation.min()
        if "under-fits" in said:
            assert training[-1] > 1.1 * floor
            assert end < 1.15 * validation.min()
        assert sum(words in said for words in ("over-fits", "under-fits", "It fits", "better than others")) == 1
        assert ("above the upper edge" in said) == (end > fits.LIMITS[1])
    explorer.close()


def test_a_model_of_the_reader_is_what_is_shown(model):
    other = experiments.new_model("GRU", np.random.default_rng(1), 8)
    mine, given = explorers.generation(), explorers.generation(other)
    assert mine.sentence != given.sentence
    fresh, examples = writing._shares(other)
    assert fresh.max() < 0.05
    assert all(fault != "." for _, fault in examples)
    for explorer in (mine, given):
        explorer.close()


def test_what_is_known_by_heart():
    assert exp(log(30) / flights.entropy().length) == pytest.approx(1.25, abs=0.005)
    assert len(set(map(tuple, experiments.some_requests(30)))) == 30
    assert experiments.some_requests(100)[:30] == experiments.some_requests(30)


def test_under_fitting_and_over_fitting(results):
    fit, floor = results["fit"], flights.entropy().perplexity
    training, validation = fit[..., 0, :], fit[..., 1, :]
    by_heart = np.exp(np.log(experiments.REQUESTS) / flights.entropy().length)
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


def test_what_runs_away_is_said():
    explorer = explorers.contest()
    assert "ran away" not in explorer.sentence
    explorer.set(rate=2)
    lost = int(np.sum(experiments.results()["contest"][1, 2, :, 0] > 10))
    assert f"Jordan ran away in {lost} of 8 trainings" in explorer.sentence
    assert "upper edge" in explorer.sentence
    explorer.close()


def test_the_explorer_of_windows_shows_what_was_measured(results):
    explorer = explorers.windows()
    explorer.set(k=2)
    for k, name in enumerate(truncation.LOOKS):
        np.testing.assert_array_equal(explorer.artists[name].get_ydata(), results["window"][2, k].mean(axis=0)[1:11])
    explorer.close()


def test_the_tool_makes_a_table_of_a_grid():
    made = table(lambda a, b: [a, b, a * b], (1, 2, 3), (10, 20))
    assert made.shape == (3, 2, 3)
    np.testing.assert_array_equal(made[2, 1], [3, 20, 60])


def test_surprises_are_bars_with_their_words_below():
    ax = new_figure().subplots()
    bars = figures.surprises(ax, ["show", "me"], [0.9, 0.0])
    assert [bar.get_height() for bar in bars] == [0.9, 0.0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["show", "me"]
    assert [text.get_text() for text in ax.texts] == ["0.9", "0"]
