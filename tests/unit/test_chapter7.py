"""Chapter 7: what its prose says about encoders, decoders and attention, asserted."""

import datetime
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
import train_date_translators
from matplotlib.path import Path

import rnnlib
from rnnlib.explorers.attention import attention_map, maps, plane, trainings
from rnnlib.figures import attention as figures
from rnnlib.figures import strokes, translation
from rnnlib.figures.characters import Characters
from rnnlib.style import COLOURS, new_figure
from rnnlib.tasks import dates

STEPS = 200


def trained(attention):
    """The training of the notebook."""
    rng = np.random.default_rng(0)
    model = trainings.new_translator(64, attention, rng)
    optimizer = rnnlib.Adam(0.01)
    rnnlib.train(model, lambda rng: dates.draw_batch(rng, 32), STEPS, optimizer, rng=rng, clip=1.0, progress=False)
    return model


class Trained(dict):
    """The models of the notebook, each trained when it is first asked for."""

    def __missing__(self, attention):
        self[attention] = model = trained(attention)
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


def test_with_attention_200_steps_are_enough_and_without_they_are_not(models, held_out):
    assert models["dot"].exact_match(held_out).mean() >= 0.95
    assert models["additive"].exact_match(held_out).mean() >= 0.95
    assert models[None].exact_match(held_out).mean() < 0.05


def test_no_held_out_date_is_trained_on(held_out):
    rng = np.random.default_rng(0)
    drawn = {day for _ in range(50) for day in dates.draw_dates(rng, 200)}
    kept = set(dates.draw_dates(rng, 2000, "held out"))
    assert not drawn & kept


def test_teacher_forcing_hides_what_free_running_shows(models, held_out, real):
    model = models[None]
    forced = model.predict(held_out) == held_out.targets
    symbols = model.translate(held_out.source, held_out.source_lengths, longest=len(held_out.targets)).symbols
    free = np.zeros_like(forced)
    free[: len(symbols)] = symbols == held_out.targets[: len(symbols)]
    assert np.mean(forced[real]) == pytest.approx(0.80, abs=0.03)
    assert np.mean(free[real]) == pytest.approx(0.63, abs=0.05)
    # the year is right in both modes, the month a guess, and from there on they part
    by_step = [np.sum(right & real, axis=1) / real.sum(axis=1) for right in (forced, free)]
    assert np.all(np.stack(by_step)[:, :5] > 0.95)
    assert np.all(np.stack(by_step)[:, 5] < 0.5)
    np.testing.assert_array_equal(by_step[0][:1], by_step[1][:1])
    assert np.all(by_step[0][6:11] > by_step[1][6:11] + 0.1)


@pytest.mark.parametrize("kind", ["dot", None])
def test_both_modes_agree_on_what_is_wholly_right(models, held_out, real, kind):
    forced = ((models[kind].predict(held_out) == held_out.targets) | ~real).all(axis=0)
    np.testing.assert_array_equal(forced, models[kind].exact_match(held_out))


def undisturbed(model, batch, real, step):
    """The share of sequences in which a wrong digit, read behind ``step``, changes nothing of what is written later."""
    targets = batch.targets.copy()
    targets[step] = (targets[step] + 3) % 10
    same = (model.predict(batch._replace(targets=targets)) == model.predict(batch)) | ~real
    return same[step + 1 :].all(axis=0).mean()


def test_a_slip_costs_little_with_attention_and_much_without(models, held_out, real):
    assert min(undisturbed(models["dot"], held_out, real, step) for step in range(4)) > 0.9
    for step, share in enumerate((2 / 3, 2 / 3, 1 / 2, 1 / 2)):
        assert undisturbed(models[None], held_out, real, step) == pytest.approx(share, abs=0.12)


def test_the_year_is_kept_and_the_day_is_lost_first(models, held_out):
    shares = trainings.right_parts(models[None], held_out)
    assert shares["year"] > 0.9 > 0.3 > shares["month"] > shares["day"]
    assert min(trainings.right_parts(models["dot"], held_out).values()) >= 0.95


@pytest.fixture(scope="module")
def drawn():
    drawn = dates.draw_dates(np.random.default_rng(7), 300, "held out")
    return [dates.english(date, dates.FORMS[k % len(dates.FORMS)]) for k, date in enumerate(drawn)], drawn


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_the_largest_weight_stands_on_the_part_that_is_written(models, drawn, kind):
    assert min(trainings.looks_at_parts(models[kind], *drawn).values()) > 0.97


def test_a_weight_points_to_letters_that_matter_and_others_can_step_in(models, drawn):
    right = trainings.month_without(models["dot"], *drawn)
    assert right["the least looked at"] > 0.95
    assert 0.25 < right["the most looked at"] < 0.6
    assert right["the most looked at"] < right["all but the most"] < 0.9


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
    other = trainings.new_translator(64, "dot", np.random.default_rng(9))
    for name, array in other.params.items():
        if name != "W_c":
            array[...] = model.params[name]
    *_, other_run = other.loss_and_gradients(batch)
    np.testing.assert_array_equal(run.outputs, other_run.outputs)
    assert model.params["W_c"].shape == (64, 128)


# The weights that come with the package.


@pytest.mark.parametrize("path", sorted(trainings.WEIGHTS.glob("*.npz")), ids=lambda path: path.stem)
def test_the_weights_are_small_and_wanted(path):
    wanted = {trainings.ONE_DATE} | {trainings.weights_of(k, s) for k in trainings.KINDS for s in trainings.SIZES}
    assert path in wanted
    assert path.stat().st_size < 250_000


def test_the_tool_trains_and_saves(tmp_path, capsys):
    model, path = trainings.untrained_row_translator("without", 8), tmp_path / "bottleneck_8.npz"
    before = model.params["W_o"].copy()
    train_date_translators.train(path, model, count=2, steps=2)
    assert "exact match by number of dates [0. 0. 0.]" in capsys.readouterr().out
    saved = rnnlib.interop.load(path, trainings.untrained_row_translator("without", 8))
    np.testing.assert_array_equal(saved.params["W_o"], model.params["W_o"])
    assert np.abs(model.params["W_o"] - before).max() > 0
    assert saved.params["W_o"].dtype == np.float32


def exact_matches(kind, size):
    return trainings.exact_matches(trainings.written_rows(kind, size))


def test_the_translator_of_single_dates_is_right(held_out):
    assert trainings.date_translator().exact_match(held_out).mean() > 0.98


@pytest.mark.parametrize("size", [16, 32, 64])
def test_with_attention_the_length_does_not_matter(size):
    assert exact_matches("with attention", size).min() > 0.95


def test_eight_units_are_too_few_even_with_attention():
    one, two, three = exact_matches("with attention", 8)
    assert 0.4 < one < 0.7
    assert max(two, three) < 0.1


def test_without_attention_size_helps_and_length_hurts():
    by_size = [exact_matches("without", size) for size in trainings.SIZES]
    singles = [right[0] for right in by_size]
    assert singles[-1] == pytest.approx(0.75, abs=0.1)
    assert max(singles[:-1]) < 0.1
    assert max(right[1:].max() for right in by_size) < 0.05
    for count in (1, 2, 3):
        assert 0.6 < trainings.first_dates_right("without", 64, count) < 0.9
    ends = [text.count("年") for text in trainings.written_rows("without", 64)[1]]
    assert np.mean(np.array(ends) == 1) > 0.95


def test_within_one_date_the_length_hardly_matters():
    batch = trainings.draw_rows(np.random.default_rng(9), 600, "held out", 1)
    assert (batch.source_lengths.min(), batch.source_lengths.max()) == (10, 30)
    right = trainings.row_translator("without", 64).exact_match(batch)
    short, middle, long = (
        right[(low <= batch.source_lengths) & (batch.source_lengths <= high)].mean()
        for low, high in ((10, 14), (15, 20), (21, 30))
    )
    assert max(short, middle, long) - min(short, middle, long) < 0.1
    assert all(form.endswith("{year}") for form in dates.FORMS)


def test_attention_does_not_reach_beyond_the_lengths_it_was_trained_on():
    batch = trainings.draw_rows(np.random.default_rng(8), 100, "held out", 4)
    model = trainings.row_translator("with attention", 64)
    assert model.exact_match(batch).mean() < 0.05
    written = dates.decode(model.translate(batch.source, batch.source_lengths, longest=60).symbols)
    starts = [a.startswith(b[:8]) for a, b in zip(written, dates.decode(batch.targets), strict=True)]
    assert np.mean(starts) > 0.95


def test_accuracy_is_the_exact_match_of_the_model():
    model = trainings.row_translator("with attention", 8)
    expected = [model.exact_match(batch).mean() for batch in trainings.held_out_rows()]
    np.testing.assert_allclose(exact_matches("with attention", 8), expected)


def test_rows_of_dates():
    batch = trainings.draw_rows(np.random.default_rng(0), 5, count=3)
    texts, wanted = trainings.texts_of(batch), dates.decode(batch.targets)
    for text, chinese in zip(texts, wanted, strict=True):
        assert len(text) > 3 * 9
        assert [chinese.count(letter) for letter in "年月日"] == [3, 3, 3]
    one = trainings.draw_rows(np.random.default_rng(3), 4, count=1)
    for text, chinese in zip(trainings.texts_of(one), dates.decode(one.targets), strict=True):
        assert dates.chinese(maps.recognise(text)) == chinese
    rows = [trainings.draw_rows(np.random.default_rng(seed), 1) for seed in range(20)]
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
        ("February 30th, 2026", "no date in a form it was trained on"),
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
    assert "found no end" in maps.remarks("2 Nov 2026", "2026年11月23日9")


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
