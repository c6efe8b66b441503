"""Chapter 7: what its prose says about encoders, decoders and attention, asserted."""

import calendar
import datetime
import itertools
import math
import re
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
import train_date_translators
from matplotlib.path import Path

import rnnlib
from rnnlib.chapters.ch7_attention import experiments, repeated
from rnnlib.chapters.ch7_attention.explorers import attention_map, bottleneck, look_up, maps, plane
from rnnlib.pictures.controls import Text
from rnnlib.pictures.figures import attention as figures
from rnnlib.pictures.figures import strokes, translation
from rnnlib.pictures.figures.characters import Characters
from rnnlib.pictures.style import COLOURS, new_figure
from rnnlib.tasks import dates


class Trained(dict):
    """The models of the notebook, each trained when it is first asked for."""

    def __missing__(self, attention):
        self[attention] = model = repeated.train_translator(attention or "without", 0)
        return model


@pytest.fixture(scope="module")
def models():
    return Trained()


@pytest.fixture(scope="module")
def held_out():
    return dates.draw_batch(np.random.default_rng(2), 500, "held out")


@pytest.fixture(scope="module")
def real(held_out):
    return np.arange(len(held_out.targets))[:, None] < held_out.target_lengths


@pytest.mark.sample(2)
@pytest.mark.parametrize("attention", ["dot", "additive", None])
def test_with_attention_200_steps_are_enough_and_without_they_are_not(models, held_out, attention):
    right = models[attention].exact_match(held_out).mean()
    assert right < 0.05 if attention is None else right >= 0.95


def test_no_held_out_date_is_trained_on(held_out):
    rng = np.random.default_rng(0)
    drawn = {day for _ in range(50) for day in dates.draw_dates(rng, 200)}
    kept = set(dates.draw_dates(rng, 2000, "held out"))
    assert not drawn & kept


def test_teacher_forcing_hides_what_free_running_shows(models, held_out, real):
    by_step = repeated.by_step(models[None], held_out)
    forced, free = np.average(by_step, weights=real.sum(axis=1), axis=1)
    assert (round(forced, 2), round(free, 2)) == (0.80, 0.63)
    assert round(repeated.constant_answer(held_out), 2) == 0.48
    # the year is right in both modes, the month a guess, and from there on they part
    assert np.all(by_step[:, :5] > 0.95)
    assert np.all(by_step[:, 5] < 0.5)
    assert by_step[0][8] < 1 / 3
    assert np.all(by_step[:, 11] == 1)
    np.testing.assert_array_equal(by_step[0][:1], by_step[1][:1])
    assert np.all(by_step[0][6:11] > by_step[1][6:11] + 0.1)


@pytest.mark.parametrize("kind", ["dot", None])
def test_both_modes_agree_on_what_is_wholly_right(models, held_out, real, kind):
    forced = ((models[kind].teacher_forced(held_out) == held_out.targets) | ~real).all(axis=0)
    np.testing.assert_array_equal(forced, models[kind].exact_match(held_out))


def test_a_slip_costs_little_with_attention_and_much_without(models, held_out, real):
    for kind, low, high in (("dot", 0.9, 1.0), (None, 0.3, 0.8)):
        shares = [repeated.after_a_slip(models[kind], held_out, step) for step in range(4)]
        assert low < min(shares) <= max(shares) <= high
    # by hand, for the third digit: what the network says after it, with the true symbols before and after
    targets = held_out.targets.copy()
    targets[2] = (targets[2] + 3) % 10
    before, after = (models[None].teacher_forced(held_out._replace(targets=t)) for t in (held_out.targets, targets))
    same = [
        all(before[t, b] == after[t, b] for t in range(3, held_out.target_lengths[b])) for b in range(before.shape[1])
    ]
    assert repeated.after_a_slip(models[None], held_out, 2) == np.mean(same)


def test_the_year_is_kept_and_the_day_is_lost_first(models, held_out):
    shares = experiments.right_parts(models[None], held_out)
    assert shares["year"] > 0.9 > 0.3 > shares["month"] > shares["day"]
    assert min(experiments.right_parts(models["dot"], held_out).values()) >= 0.95


@pytest.fixture(scope="module")
def drawn():
    drawn = dates.draw_dates(np.random.default_rng(7), 300, "held out")
    return [dates.english(date, dates.FORMS[k % len(dates.FORMS)]) for k, date in enumerate(drawn)], drawn


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_the_largest_weight_stands_on_the_part_that_is_written(models, drawn, kind):
    assert min(experiments.looks_at_parts(models[kind], *drawn).values()) > 0.97


def test_a_weight_points_to_letters_that_matter_and_others_can_step_in(models, drawn):
    right = experiments.month_without(models["dot"], *drawn)
    most, least, alone = right.values()
    assert list(right) == ["without the most looked at", "without the least looked at", "with the most looked at alone"]
    assert least > 0.95
    assert 0.25 < most < 0.6
    assert most < alone < 0.9


def test_the_rows_cross_where_the_order_changes(models):
    written, weights = maps.translation(models["dot"], "Monday, November 2nd, 2026")
    assert written == "2026年11月2日" + figures.END
    looks = weights.argmax(axis=1)
    np.testing.assert_array_equal(looks[:4], [22, 23, 24, 25])
    assert 8 <= looks[5] <= 15
    assert looks[8] == 17
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_an_encoder_that_reads_both_ways_hands_over_both_last_states(models):
    source, lengths = dates.encode(["2 Jan 2026", "Monday, November 2nd, 2026"])
    model = models[None]
    ((forward,), (backward,)) = rnnlib.unroll(model.encoder, source, None, lengths).final_state
    assert forward.shape == backward.shape == (2, 32)
    state = (np.concatenate((forward, backward), axis=-1),)
    first = rnnlib.unroll(model.decoder, np.zeros((1, 2, 14)), state).outputs[0] @ model.params["W_o"].T
    symbols = model.translate(source, lengths).symbols
    np.testing.assert_array_equal((first + model.params["b_o"]).argmax(axis=-1), symbols[0])
    assert len(dates.SYMBOLS) == 14
    assert len(dates.FORMS) == 15


def test_the_context_meets_the_state_on_the_way_out_and_goes_no_further(models):
    """No input feeding: what was attended to does not reach the decoder's states."""
    model = models["dot"]
    batch = dates.draw_batch(np.random.default_rng(3), 4)
    *_, run = model.loss_and_gradients(batch)
    other = experiments.new_translator(64, "dot", np.random.default_rng(9))
    for name, array in other.params.items():
        if name != "W_c":
            array[...] = model.params[name]
    *_, other_run = other.loss_and_gradients(batch)
    np.testing.assert_array_equal(run.outputs, other_run.outputs)
    assert model.params["W_c"].shape == (64, 128)


# The same over many seeds: what was saved, and, marked slow, ten trainings done afresh.


def saved(kind):
    """The measures of a kind of translator over the seeds, by name."""
    pairs = (key.rpartition("/") for key in repeated.results("seeds"))
    return {name: repeated.over_seeds(kind, name) for group, _, name in pairs if group == kind}


@pytest.fixture(scope="module", params=["saved", pytest.param("afresh", marks=pytest.mark.slow)])
def over_seeds(request):
    """A function from a kind to its measures over ten seeds: those that were saved, or ten that the prose never saw."""
    if request.param == "saved":
        return saved
    made = {}

    def afresh(kind):
        if kind not in made:
            runs = [repeated.measures(kind, repeated.train_translator(kind, seed)) for seed in range(100, 110)]
            made[kind] = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        return made[kind]

    return afresh


def test_the_saved_seeds_are_those_of_the_notebook(models, held_out):
    for kind, attention in (("without", None), ("dot", "dot")):
        measured = saved(kind)
        assert all(len(values) == repeated.SEEDS == 10 for values in measured.values())
        assert measured["exact"][0] == pytest.approx(models[attention].exact_match(held_out).mean())
        np.testing.assert_allclose(
            measured["slips"][0], [repeated.after_a_slip(models[attention], held_out, step) for step in range(4)]
        )


def test_claim_attention_learns_dates_in_200_steps_and_nothing_without_it_does(over_seeds):
    assert over_seeds("dot")["exact"].min() > 0.95
    assert over_seeds("additive")["exact"].min() > 0.95
    assert over_seeds("without")["exact"].max() < 0.02
    forced, free = over_seeds("without")["symbols"].T
    assert np.all((forced > 0.75) & (forced < 0.85))
    assert np.all(free < forced)


def test_claim_what_is_written_first_is_learned_first_however_it_was_read(over_seeds):
    for kind in ("without", "without, source reversed"):
        year, month, day = over_seeds(kind)["parts"].T
        assert year.min() > 0.9
        assert month.max() < 0.5
        assert day.max() < 0.15
    year, month, day = over_seeds("without, date written backward")["parts"].T
    assert year.max() < 0.1
    assert min(day.min(), month.min()) > 0.4
    assert np.mean(day) > np.mean(month)


def test_claim_a_slip_costs_less_with_attention(over_seeds):
    with_it, without = over_seeds("dot")["slips"], over_seeds("without")["slips"]
    assert with_it.min() > 0.8
    assert with_it[:, 2:].min() > 0.99
    assert without.max() < 0.93
    assert without[:, 2:].max() < 0.85
    assert without.min() < 0.5
    assert np.all(with_it.mean(axis=1) > without.mean(axis=1) + 0.1)


def test_claim_the_map_looks_at_the_right_part_and_single_letters_are_not_needed(over_seeds):
    for kind in ("dot", "additive"):
        measured = over_seeds(kind)
        assert measured["looks"].min() > 0.8
        assert np.mean(measured["looks"].min(axis=1) > 0.95) >= 0.8
        without_most, without_least, alone = measured["letters"].T
        assert np.all(without_most < without_least)
        assert without_least.min() > 0.75
        assert 0.2 < without_most.min() < without_most.max() < 0.95
        assert 0.15 < alone.min() < alone.max() < 0.95


@pytest.fixture(scope="module", params=["saved", pytest.param("afresh", marks=pytest.mark.slow)])
def rows_over_seeds(request):
    if request.param == "saved":
        return repeated.results("rows")["rows"]
    return np.array([repeated.row_measures(repeated.train_rows(seed)) for seed in range(100, 110)])


def test_claim_rows_of_four_dates_end_after_three(rows_over_seeds):
    assert np.all(rows_over_seeds[:, :3] > 0.8)
    assert np.all(rows_over_seeds[:, 5] > 0.8)
    assert np.all(rows_over_seeds[:, 6] < 0.2)


def test_where_a_translation_ends():
    model = experiments.row_translator("with attention", 64)
    rows = experiments.draw_rows(np.random.default_rng(8), 20, "held out", 2)
    np.testing.assert_allclose(repeated.ends_after(model, rows), [0, 1, 0, 0])


def test_a_source_reversed_keeps_its_padding_behind():
    batch = dates.draw_batch(np.random.default_rng(0), 5)
    texts = experiments.texts_of(batch)
    assert experiments.texts_of(repeated.reversed_sources(batch)) == [text[::-1] for text in texts]
    backward = repeated.draw("without, date written backward", np.random.default_rng(0), 4)
    assert all(text.endswith("年") and "日" in text[:3] for text in dates.decode(backward.targets))


# The weights that come with the package.


@pytest.mark.parametrize("path", sorted(experiments.WEIGHTS.glob("*.npz")), ids=lambda path: path.stem)
def test_the_weights_are_small_and_wanted(path):
    wanted = {experiments.ONE_DATE, *repeated.RESULTS.values()} | {
        experiments.weights_of(k, s) for k in experiments.KINDS for s in experiments.SIZES
    }
    assert path in wanted
    assert path.stat().st_size < 250_000


def test_the_tool_trains_and_saves(tmp_path, capsys):
    model, path = experiments.untrained_row_translator("without", 8), tmp_path / "bottleneck_8.npz"
    before = model.params["W_o"].copy()
    train_date_translators.train(path, model, count=2, steps=2)
    assert "exact match by number of dates [0. 0. 0.]" in capsys.readouterr().out
    saved = rnnlib.interop.load(path, experiments.untrained_row_translator("without", 8))
    np.testing.assert_array_equal(saved.params["W_o"], model.params["W_o"])
    assert np.abs(model.params["W_o"] - before).max() > 0
    assert saved.params["W_o"].dtype == np.float32


def exact_matches(kind, size):
    return experiments.exact_matches(experiments.written_rows(kind, size))


def test_the_translator_of_single_dates_is_right(held_out):
    assert experiments.date_translator().exact_match(held_out).mean() > 0.98


@pytest.mark.parametrize("size", [16, 32, 64])
def test_with_attention_the_length_does_not_matter(size):
    assert exact_matches("with attention", size).min() > 0.95


def test_eight_units_are_too_few_even_with_attention():
    one, two, three = exact_matches("with attention", 8)
    assert 0.4 < one < 0.7
    assert max(two, three) < 0.1


def test_without_attention_size_helps_and_length_hurts():
    by_size = [exact_matches("without", size) for size in experiments.SIZES]
    singles = [right[0] for right in by_size]
    assert singles[-1] == pytest.approx(0.75, abs=0.1)
    assert max(singles[:-1]) < 0.1
    assert max(right[1:].max() for right in by_size) < 0.05
    for count in (1, 2, 3):
        assert 0.6 < experiments.first_dates_right("without", 64, count) < 0.9
    ends = [text.count("年") for text in experiments.written_rows("without", 64)[1]]
    assert np.mean(np.array(ends) == 1) > 0.95


def test_within_one_date_the_length_hardly_matters():
    batch = experiments.draw_rows(np.random.default_rng(9), 600, "held out", 1)
    assert (batch.source_lengths.min(), batch.source_lengths.max()) == (10, 30)
    right = experiments.row_translator("without", 64).exact_match(batch)
    short, middle, long = (
        right[(low <= batch.source_lengths) & (batch.source_lengths <= high)].mean()
        for low, high in ((10, 14), (15, 20), (21, 30))
    )
    assert max(short, middle, long) - min(short, middle, long) < 0.1
    assert all(form.endswith("{year}") for form in dates.FORMS)


def test_attention_does_not_reach_beyond_the_lengths_it_was_trained_on():
    batch = experiments.draw_rows(np.random.default_rng(8), 100, "held out", 4)
    model = experiments.row_translator("with attention", 64)
    assert model.exact_match(batch).mean() < 0.05
    written = dates.decode(model.translate(batch.source, batch.source_lengths, longest=60).symbols)
    starts = [a.startswith(b[:8]) for a, b in zip(written, dates.decode(batch.targets), strict=True)]
    assert np.mean(starts) > 0.95


def test_accuracy_is_the_exact_match_of_the_model():
    model = experiments.row_translator("with attention", 8)
    expected = [model.exact_match(batch).mean() for batch in experiments.held_out_rows()]
    np.testing.assert_allclose(exact_matches("with attention", 8), expected)


def test_rows_of_dates():
    batch = experiments.draw_rows(np.random.default_rng(0), 5, count=3)
    texts, wanted = experiments.texts_of(batch), dates.decode(batch.targets)
    for text, chinese in zip(texts, wanted, strict=True):
        assert len(text) > 3 * 9
        assert [chinese.count(letter) for letter in "年月日"] == [3, 3, 3]
    one = experiments.draw_rows(np.random.default_rng(3), 4, count=1)
    for text, chinese in zip(experiments.texts_of(one), dates.decode(one.targets), strict=True):
        assert dates.chinese(maps.recognise(text)) == chinese
    rows = [experiments.draw_rows(np.random.default_rng(seed), 1) for seed in range(20)]
    assert {dates.decode(row.targets)[0].count("年") for row in rows} == {1, 2, 3}


# The explorers.


def test_dot_attention_in_the_plane():
    query, weights, context = plane.looked_up(90, 2.0, 3)
    powers = np.exp(plane.MEMORY[:3] @ query)
    np.testing.assert_allclose(weights, [*(powers / powers.sum()), 0, 0])
    np.testing.assert_allclose(context, powers @ plane.MEMORY[:3] / powers.sum())


def test_a_query_eight_times_as_long_chooses_one():
    for direction in range(0, 360, 45):
        short, long = (plane.looked_up(direction, length, 5)[1] for length in (1.0, 8.0))
        assert long.max() > short.max()
    assert plane.looked_up(60, 8.0, 5)[1].max() > 0.98
    np.testing.assert_allclose(plane.looked_up(60, 0.0, 5)[1], 0.2)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("November 2nd, 2026", (2026, 11, 2)),
        ("2 Nov 2026", (2026, 11, 2)),
        ("Monday, November 2nd, 2026", (2026, 11, 2)),
        ("Tuesday, November 2nd, 2026", None),
        ("November 2th, 2026", None),
        ("February 30th, 2026", None),
        ("May 3rd, 1850", (1850, 5, 3)),
        ("Nov 2026", None),
        ("", None),
        ("0 Nov 0", None),
    ],
)
def test_a_date_is_recognised(text, date):
    assert maps.recognise(text) == (date and datetime.date(*date))


def test_every_form_is_recognised():
    date = datetime.date(2031, 5, 23)
    assert all(maps.recognise(dates.english(date, form)) == date for form in dates.FORMS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to read"),
        ("m" * 200, "Only the first 40 of your 200 characters"),
        ("2日Nov", "“日” is not in its alphabet; it is drawn as a box and read as a step of nothing"),
        ("a\tb\nq", "U+0009, U+000A, “q” are not in its alphabet"),
        ("February 30th, 2026", "There is no 30 February 2026: it knows the form, and the day does not exist."),
        ("31 February 2026", "There is no 31 February 2026"),
        ("Tuesday, November 2nd, 2026", "It knows the form, but this day is written “Monday, November 2nd, 2026”."),
        ("Tuesday, November 2nd, 2026", "All the same, the day, month and year are right."),
        ("Nov 2 2026", "This is not one of the 15 forms it was trained on, so it writes its best guess. All the same"),
        ("2 Nov 26", "Every year that it was trained on has four digits."),
        ("hello", "Here is no date to be read, so it writes its best guess."),
        ("2 Nov 2026", "The whole date comes out right."),
        ("May 3rd, 1850", "trained on the years 1900 to 2099 alone"),
    ],
)
def test_what_the_map_says_of_what_is_typed(text, said):
    explorer = attention_map()
    explorer.set(text=text, step=12)
    assert said in explorer.sentence
    explorer.close()


def test_a_wrong_date_is_called_wrong(models):
    written = maps.remarks("2 Nov 2026", "2026年11月3日" + figures.END)
    assert written == "Right would be 2026年11月2日."
    assert "no end sign" in maps.remarks("2 Nov 2026", "2026年11月23日9")


def test_what_lies_beyond_the_cut_is_not_read(models):
    first, weights = maps.translation(models["dot"], "2 Nov 2026".ljust(40) + "ABC")
    second, _ = maps.translation(models["dot"], "2 Nov 2026".ljust(40))
    assert first == second
    assert weights.shape == (len(first), 40)


def test_the_map_says_where_the_order_changes(models):
    text = "Monday, November 2nd, 2026"
    looks = maps.translation(models["dot"], text)[1].argmax(axis=1)
    explorer = attention_map(models["dot"], text)
    changes = []
    for step in range(1, 12):
        explorer.set(step=step)
        changes += [step] * ("here the order changes" in explorer.sentence)
    assert changes == [t + 1 for t in range(1, len(looks)) if looks[t] < looks[t - 1] - 3]
    assert changes[0] in (5, 6)
    explorer.close()


def test_the_map_wants_a_translator_of_dates_with_attention(models):
    with pytest.raises(TypeError, match="expected a Seq2Seq"):
        attention_map(rnnlib.Elman(2, 2, rng=np.random.default_rng(0)))
    with pytest.raises(ValueError, match="got one without"):
        attention_map(models[None])
    rng = np.random.default_rng(0)
    other = rnnlib.Seq2Seq(
        rnnlib.Elman(3, 4, rng=rng), rnnlib.Elman(5, 4, rng=rng), end=0, attention=rnnlib.DotAttention(), rng=rng
    )
    with pytest.raises(ValueError, match="letters"):
        attention_map(other)


# What the explorers say, computed again at random positions.


def anywhere(explorer, rng):
    """A position for every control but texts."""
    return {
        name: control.positions()[rng.integers(len(control.positions()))]
        for name, control in explorer.controls.items()
        if not isinstance(control, Text)
    }


def numbers_in(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"[-−]?\d+(?:\.\d+)?", text)]


@pytest.mark.sentences("ch7_attention.look_up")
def test_look_up_says_and_draws_what_softmax_gives_at_200_positions():
    explorer, rng = look_up(), np.random.default_rng(0)
    positions = [anywhere(explorer, rng) for _ in range(200)]
    positions += [{"direction": d, "length": l, "real": r} for d in (0, 360) for l in (0, 8.0) for r in (1, 2, 5)]
    for values in positions:
        explorer.set(**values)
        direction, length, real = values["direction"], values["length"], values["real"]
        scores = [length * (x * cosd(direction) + y * cosd(direction - 90)) for x, y in plane.MEMORY[:real]]
        powers = [math.exp(score) for score in scores]
        weights = [power / sum(powers) for power in powers]
        context = [sum(w * m[axis] for w, m in zip(weights, plane.MEMORY, strict=False)) for axis in (0, 1)]
        np.testing.assert_allclose(np.ravel(explorer.artists["context"].get_data()), context, atol=1e-12)
        drawn = [path.vertices[:, 1].max() for path in explorer.artists["bars"].get_paths()]
        np.testing.assert_allclose(drawn, [*weights, *[0] * (5 - real)], atol=1e-12)
        said = explorer.sentence
        if real == 1:
            assert said.startswith("One item is real")
        elif length == 0:
            assert f"gets 1/{real}" in said
        else:
            told, rest = said.split(". Softmax")
            assert numbers_in(told) == pytest.approx(scores, abs=0.0051)
            largest = max(range(real), key=weights.__getitem__)
            assert f"the largest, {weights[largest]:.2f}, goes to m{'₁₂₃₄₅'[largest]}" in rest
            assert numbers_in(rest.split("context")[1])[:2] == pytest.approx(context, abs=0.0051)
    explorer.close()


def cosd(degrees):
    return math.cos(math.radians(degrees))


@pytest.mark.sentences("ch7_attention.attention_map")
def test_the_map_says_what_the_network_does_with_200_texts():
    explorer, rng, model = attention_map(), np.random.default_rng(1), experiments.date_translator()
    for k in range(200):
        (date,) = dates.draw_dates(rng, 1, "held out")
        text = dates.english(date, dates.FORMS[k % len(dates.FORMS)])
        if k % 4 == 1:  # one character changed, or the text cut short
            place = int(rng.integers(len(text)))
            text = text[:place] + rng.choice(list("5Zx e")) + text[place + 1 :]
        elif k % 4 == 3:
            text = text[: int(rng.integers(1, len(text)))]
        step = int(rng.integers(1, figures.ROWS + 1))
        explorer.set(text=text, step=step)
        said = explorer.sentence
        symbols, lengths, weights = model.translate(*dates.encode([text], unknown="blank"), longest=figures.ROWS)
        written, weights = dates.decode(symbols)[0], weights[: lengths[0], 0]
        row = min(step, lengths[0]) - 1
        place = int(np.argmax(weights[row]))
        assert f"looks most at character {place + 1}, " in said
        assert f"with the weight {weights[row, place]:.2f}." in said
        assert f"So far: {(written + figures.END)[: row + 1]}." in said
        assert ("here the order changes" in said) == (row > 0 and int(np.argmax(weights[row - 1])) - place > 3)
        assert (f"It ended at step {lengths[0]}" in said) == (step > lengths[0])
        assert ("no end sign" in said) == (symbols[lengths[0] - 1, 0] != model.end)
        exact = [d for d in possible_dates(text) if text in {dates.english(d, form) for form in dates.FORMS}]
        assert ("comes out right" in said) == any(written == dates.chinese(d) for d in exact)
        if k % 2 == 0:
            assert ("Right would be" in said) == (written != dates.chinese(date))
        grid = np.ma.filled(explorer.artists["weights"].get_array().astype(float), np.nan)
        np.testing.assert_allclose(grid[: row + 1, : len(text)], weights[: row + 1])
    explorer.close()


def possible_dates(text):
    """Every date that the numbers and the month's name of a text could mean."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", text)]
    for year, day in itertools.permutations(numbers, 2):
        for month, name in enumerate(dates.MONTHS, 1):
            if name[:3] in text and 1000 <= year <= 9999 and 1 <= day <= calendar.monthrange(year, month)[1]:
                yield datetime.date(year, month, day)


@pytest.mark.sentences("ch7_attention.bottleneck")
def test_bottleneck_says_what_was_written_at_every_position():
    explorer = bottleneck()
    for size, count, example in itertools.product(experiments.SIZES, (1, 2, 3), range(1, 7)):
        explorer.set(size=size, count=count, example=example)
        said, (batches, row) = explorer.sentence, explorer.sentence.split(". Below, ")
        wanted = [dates.decode(batch.targets) for batch in experiments.held_out_rows()]
        for kind, part in zip(experiments.KINDS, batches.split("; "), strict=True):
            shares = [
                100 * sum(a == b for a, b in zip(written, right, strict=True)) / len(right)
                for written, right in zip(experiments.written_rows(kind, size), wanted, strict=True)
            ]
            assert numbers_in(part)[-3:] == pytest.approx(shares, abs=0.51)
            line = experiments.written_rows(kind, size)[count - 1][example - 1]
            right = wanted[count - 1][example - 1]
            bad = sum(k >= len(line) or line[k] != right[k] for k in range(len(right)))
            told = row.split(f"{kind} ")[1].split(";")[0].rstrip(".")
            assert told.startswith("all right" if bad == 0 else f"{bad} wrong or missing")
            assert ("too many" in told) == (len(line) > len(right))
        assert f"H = {size}," in said
    explorer.close()


# The pictures.


def filled(ideograph, points):
    """Whether each of ``points``, on the grid of 100 by 100, is ink."""
    vertices, codes, _ = strokes.outline(ideograph)
    on_grid = 100 * (vertices - [(1 - strokes.SIZE) / 2, strokes.RAISED]) / strokes.SIZE
    pieces = Path(on_grid, codes)._iter_connected_components()
    return np.any([piece.contains_points(points) for piece in pieces], axis=0)


@pytest.mark.parametrize("ideograph", strokes.STROKES)
def test_an_ideograph_is_black_along_its_strokes_and_white_between(ideograph):
    for stroke in strokes.STROKES[ideograph]:
        for start, end in pairwise(stroke):
            assert filled(ideograph, np.linspace(start, end, 9)).all()
    assert not filled(ideograph, [(-20, 50), (50, 120), (50, -30), (120, 50)]).any()


def test_the_three_ideographs_are_told_apart_by_their_strokes():
    # 日 is closed below and 月 is open; 月 has two bars inside and 日 one; only 年 has a stroke down its middle
    assert filled("日", [(50, 5)]).all()
    assert not filled("月", [(45, 5)]).any()
    middle = np.stack((np.full(80, 50.0), np.linspace(12, 84, 80)), axis=-1)
    bars = {letter: np.sum(np.diff(filled(letter, middle).astype(int)) == 1) for letter in "日月"}
    assert bars == {"日": 1, "月": 2}
    assert filled("年", np.stack((np.full(20, 56.0), np.linspace(0, 78, 20)), axis=-1)).all()
    assert not filled("日", middle).all()


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_all_pieces_of_a_stroke_turn_the_same_way_so_that_filling_joins_them(weight):
    for ideograph in strokes.STROKES:
        vertices, codes, advance = strokes.outline(ideograph, weight)
        for piece in Path(vertices, codes)._iter_connected_components():
            x, y = piece.vertices[:-1].T
            assert np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) > 0
        assert advance == 1
        assert vertices[:, 0].min() > -0.05
        assert vertices[:, 0].max() < 1.05


def test_characters_stand_where_they_are_put_and_grow_with_the_style():
    ax = new_figure().subplots()
    characters = Characters(ax, scale=2)
    characters.write([(0.25, 0.5), (0.75, 0.5)], "2年", ["red", "blue"])
    assert len(characters.get_paths()) == 2
    np.testing.assert_allclose(characters.get_offsets(), [(0.25, 0.5), (0.75, 0.5)])
    small = Characters(ax)
    for artist in (characters, small):
        matrix = (artist.get_transform() - ax.figure.dpi_scale_trans).get_matrix()
        assert matrix[0, 0] == pytest.approx(mpl.rcParams["font.size"] / 72 * (2 if artist is characters else 1))
    box = characters.get_paths()[0].get_extents()
    assert box.x0 == pytest.approx(-box.x1, abs=0.05)
    with pytest.raises(ValueError, match="characters"):
        characters.write([(0, 0)], "年月")


def test_the_parts_of_a_date_have_their_colours():
    colours = figures.part_colours("2026年11月2日" + figures.END)
    by_part = figures.PART_COLOURS
    assert colours == [by_part["year"]] * 5 + [by_part["month"]] * 3 + [by_part["day"]] * 2 + [figures.QUIET]
    assert figures.part_colours("月2") == [by_part["month"], figures.QUIET]


def test_the_map_shows_the_rows_up_to_the_present_one():
    artists = figures.attention_map(new_figure().subplots())
    weights = np.array([[0.5, 0.5, 0.0], [0.0, 0.2, 0.8], [1.0, 0.0, 0.0]])
    figures.show_attention(artists, "abc", "2年∎", weights, row=1)
    grid = np.ma.filled(artists["weights"].get_array().astype(float), np.nan)
    np.testing.assert_allclose(grid[:2, :3], weights[:2])
    assert np.isnan(grid[2:]).all()
    assert np.isnan(grid[:, 3:]).all()
    assert len(artists["written"].get_paths()) == 2


@pytest.mark.parametrize("attention", [False, True])
def test_the_drawing_has_a_context_only_with_attention(attention):
    ax = new_figure().subplots()
    translation.encoder_decoder(ax, attention)
    texts = [text.get_text() for text in ax.texts]
    assert ("$c_3$" in texts) is attention
    assert ("the bottleneck" in texts) is not attention
    assert texts.count("$m_5$") == 1


def test_lines_are_as_wide_as_their_weights():
    ax = new_figure().subplots()
    figures.crossing(ax, "ab", "2年", np.array([[0.75, 0.25], [0.98, 0.02]]))
    assert sorted(line.get_linewidth() / 6 for line in ax.lines) == pytest.approx([0.25, 0.75, 0.98])
    assert COLOURS["state"] == figures.PART_COLOURS["year"]
