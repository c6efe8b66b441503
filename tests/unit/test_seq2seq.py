"""Encoder and decoder: gradients through everything, padding, free running, and a task learned."""

import numpy as np
import pytest

import rnnlib
from rnnlib.attention import AdditiveAttention, DotAttention

D, O = 3, 4
END = 3


def networks(kind):
    rng = np.random.default_rng(0)
    if kind == "elman":
        return rnnlib.Elman(D, 3, rng=rng), rnnlib.Elman(O, 3, rng=rng)
    if kind == "bidirectional":
        halves = rnnlib.LSTM(D, 1, rng=rng), rnnlib.LSTM(D, 2, rng=rng)
        return rnnlib.Bidirectional(*halves), rnnlib.LSTM(O, 3, rng=rng)
    if kind == "both ways twice":
        inner = rnnlib.Bidirectional(rnnlib.Elman(D, 1, rng=rng), rnnlib.Elman(D, 1, rng=rng))
        return rnnlib.Bidirectional(inner, rnnlib.Elman(D, 1, rng=rng)), rnnlib.Elman(O, 3, rng=rng)
    if kind == "both ways backward":
        inner = rnnlib.Bidirectional(rnnlib.Elman(D, 1, rng=rng), rnnlib.Elman(D, 1, rng=rng))
        return rnnlib.Bidirectional(rnnlib.Elman(D, 1, rng=rng), inner), rnnlib.Elman(O, 3, rng=rng)
    if kind == "stacked":
        below = rnnlib.Bidirectional(rnnlib.Elman(D, 1, rng=rng), rnnlib.Elman(D, 2, rng=rng))
        above = rnnlib.Elman(O, 3, rng=rng), rnnlib.GRUResetBefore(3, 3, rng=rng)
        return rnnlib.Stacked(below, rnnlib.GRUResetBefore(3, 3, rng=rng)), rnnlib.Stacked(*above)
    # each direction has two layers, whose states lie side by side layer by layer
    halves = [rnnlib.Stacked(rnnlib.Elman(D, 1, rng=rng), rnnlib.LSTM(1, n, rng=rng)) for n in (1, 2)]
    return rnnlib.Bidirectional(*halves), rnnlib.Stacked(rnnlib.Elman(O, 2, rng=rng), rnnlib.LSTM(2, 3, rng=rng))


def attention_of(name):
    sizes = {"rng": np.random.default_rng(3)}
    return {"none": None, "dot": DotAttention(), "additive": AdditiveAttention(3, 3, 2, **sizes)}[name]


def model_of(kind="bidirectional", attention="dot"):
    encoder, decoder = networks(kind)
    return rnnlib.Seq2Seq(encoder, decoder, end=END, attention=attention_of(attention), rng=np.random.default_rng(4))


def random_pairs():
    rng = np.random.default_rng(1)
    lengths = np.array([3, 2, 1])
    targets = rng.integers(O - 1, size=(3, 3))
    targets[lengths - 1, np.arange(3)] = END
    return rnnlib.Pairs(rng.normal(size=(4, 3, D)), np.array([2, 4, 1]), targets, lengths)


@pytest.mark.parametrize(
    ("kind", "attention"),
    [
        ("elman", "none"),
        ("elman", "additive"),
        ("bidirectional", "dot"),
        ("bidirectional", "additive"),
        ("both ways twice", "dot"),
        ("both ways backward", "none"),
        ("stacked", "dot"),
        ("stacked in each direction", "none"),
    ],
)
def test_gradients(kind, attention):
    model, batch = model_of(kind, attention), random_pairs()
    for array in model.params.values():
        array *= 3
    loss, gradients, _ = model.loss_and_gradients(batch)
    assert loss == model.loss(batch)
    assert gradients.keys() == model.params.keys()
    for name, array in model.params.items():
        numerical = rnnlib.numerical_gradient(lambda: model.loss(batch), array)
        assert rnnlib.relative_error(gradients[name], numerical) < 1e-7, name


@pytest.mark.parametrize("attention", ["none", "dot", "additive"])
def test_padded_steps_change_nothing(attention):
    model, batch = model_of("stacked", attention), random_pairs()
    source, targets = batch.source.copy(), batch.targets.copy()
    source[np.arange(4)[:, None] >= batch.source_lengths] = 9.0
    targets[np.arange(3)[:, None] >= batch.target_lengths] = 1
    other = batch._replace(source=source, targets=targets)
    results = [model.loss_and_gradients(one) for one in (batch, other)]
    assert not results[0][2].outputs[np.arange(3)[:, None] >= batch.target_lengths].any()
    assert results[0][0] == results[1][0]
    for name in results[0][1]:
        np.testing.assert_array_equal(results[0][1][name], results[1][1][name])
    np.testing.assert_array_equal(
        *(model.translate(one.source, one.source_lengths, longest=6).symbols for one in (batch, other))
    )


def test_the_loss_is_that_of_each_pair_alone():
    model, batch = model_of("bidirectional", "additive"), random_pairs()
    sums = 0.0
    for b, (s, t) in enumerate(zip(batch.source_lengths, batch.target_lengths, strict=True)):
        one = rnnlib.Pairs(batch.source[:s, [b]], np.array([s]), batch.targets[:t, [b]], np.array([t]))
        sums += model.loss(one) * t
    assert model.loss(batch) == pytest.approx(sums / batch.target_lengths.sum(), rel=1e-12)


@pytest.mark.parametrize("attention", ["none", "dot", "additive"])
def test_free_running_is_teacher_forcing_on_its_own_words(attention):
    model, batch = model_of("bidirectional", attention), random_pairs()
    symbols, lengths, weights = model.translate(batch.source, batch.source_lengths, longest=5)
    own = batch._replace(targets=symbols, target_lengths=lengths)
    predicted = model.teacher_forced(own)
    real = np.arange(len(symbols))[:, None] < lengths
    np.testing.assert_array_equal(predicted[real], symbols[real])
    assert model.exact_match(own).all()
    if attention == "none":
        assert weights is None
    else:
        assert weights.shape == (len(symbols), 3, 4)
        np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)
        assert (weights[:, np.arange(4) >= batch.source_lengths[:, None]] == 0).all()


@pytest.mark.parametrize("attention", ["none", "dot", "additive"])
def test_float32_stays_float32(attention):
    options = {"rng": np.random.default_rng(0), "dtype": np.float32}
    encoder = rnnlib.Bidirectional(rnnlib.LSTM(D, 1, **options), rnnlib.LSTM(D, 2, **options))
    attention = AdditiveAttention(3, 3, 2, **options) if attention == "additive" else attention_of(attention)
    model = rnnlib.Seq2Seq(encoder, rnnlib.LSTM(O, 3, **options), end=END, attention=attention, rng=options["rng"])
    batch = random_pairs()._replace(source=random_pairs().source.astype(np.float32))
    _, gradients, run = model.loss_and_gradients(batch)
    assert {array.dtype for array in [run.outputs, *gradients.values()]} == {np.dtype("float32")}
    assert model.translate(batch.source, batch.source_lengths, longest=3).symbols.shape[1] == 3


def test_exact_match_wants_every_symbol_and_the_length():
    model, batch = model_of(), random_pairs()
    symbols, lengths, _ = model.translate(batch.source, batch.source_lengths, longest=4)
    own = batch._replace(targets=symbols, target_lengths=lengths)
    wrong = symbols.copy()
    wrong[0, 1] = (wrong[0, 1] + 1) % O
    assert model.exact_match(own._replace(targets=wrong)).tolist() == [True, False, True]
    shorter = own._replace(target_lengths=lengths - (np.arange(3) == lengths.argmax()))
    assert model.exact_match(shorter).tolist() == (np.arange(3) != lengths.argmax()).tolist()


def test_without_attention_all_goes_through_the_last_state():
    model, batch = model_of("elman", "none"), random_pairs()
    run = rnnlib.unroll(model.encoder, batch.source, None, batch.source_lengths)
    inputs = np.zeros((3, 3, O))
    inputs[1:] = np.eye(O)[batch.targets[:-1]]
    hidden = rnnlib.unroll(model.decoder, inputs, run.final_state, batch.target_lengths).outputs
    outputs = hidden @ model.params["W_o"].T + model.params["b_o"]
    mask = np.arange(3)[:, None] < batch.target_lengths
    assert model.loss(batch) == pytest.approx(
        rnnlib.softmax_cross_entropy(outputs, batch.targets, mask)[0] / mask.sum(), rel=1e-12
    )


def test_it_learns_to_reverse_with_attention_and_the_map_crosses():
    def draw(rng, size=32):
        lengths = rng.integers(2, 5, size)
        symbols = rng.integers(4, size=(4, size))
        targets = np.full((5, size), 4)
        for b, n in enumerate(lengths):
            targets[:n, b] = symbols[:n, b][::-1]
        return rnnlib.Pairs(np.eye(4)[symbols], lengths, targets, lengths + 1)

    rng = np.random.default_rng(0)
    encoder = rnnlib.Bidirectional(*(rnnlib.GRUResetAfter(4, 12, rng=rng) for _ in range(2)))
    model = rnnlib.Seq2Seq(encoder, rnnlib.GRUResetAfter(5, 24, rng=rng), end=4, attention=DotAttention(), rng=rng)
    rnnlib.train(model, draw, 180, rnnlib.Adam(0.02), rng=rng, clip=1.0, progress=False)
    held_out = draw(np.random.default_rng(7), 200)
    assert model.exact_match(held_out).mean() > 0.97
    assert (model.teacher_forced(held_out) == held_out.targets)[0].mean() > 0.97
    longest = held_out.source_lengths == 4
    _, _, weights = model.translate(held_out.source, held_out.source_lengths, longest=5)
    mean_map = weights[:4, longest].mean(axis=1)
    places = mean_map @ np.arange(4)
    assert (np.diff(places) < 0).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"encoder": "LSTM"}, TypeError, "encoder: expected a cell or a wrapper"),
        ({"decoder": None}, TypeError, "decoder: expected a cell or a wrapper"),
        (
            {"decoder": networks("elman")[1]},
            ValueError,
            "decoder: expected one that can start from the encoder's last state",
        ),
        ({"decoder": networks("bidirectional")[0]}, ValueError, "decoder: expected a network that reads forward"),
        ({"end": 4}, ValueError, "end: expected symbols from 0 to 3, got 4"),
        ({"attention": "dot"}, TypeError, "attention: expected DotAttention"),
        (
            {"attention": AdditiveAttention(4, 3, 3, rng=np.random.default_rng(0))},
            ValueError,
            "attention: expected queries",
        ),
        ({"rng": 1}, TypeError, "rng"),
        (
            {"decoder": rnnlib.LSTM(O, 3, rng=np.random.default_rng(0), dtype="float32")},
            TypeError,
            "decoder: expected float64 weights as the encoder has, got float32",
        ),
    ],
)
def test_a_bad_argument_is_named(changes, error, words):
    encoder, decoder = networks("bidirectional")
    good = {"encoder": encoder, "decoder": decoder, "end": END, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=words):
        rnnlib.Seq2Seq(**good | changes)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"source": np.zeros((4, 3))}, ValueError, r"source: expected \(S, B, D\)"),
        ({"source": np.zeros((4, 3, D + 1))}, ValueError, "D=3"),
        ({"source": np.full((4, 3, D), np.nan)}, ValueError, "finite"),
        ({"source_lengths": np.array([2, 5, 1])}, ValueError, "source_lengths: expected lengths from 1"),
        ({"targets": np.full((3, 3), 4)}, ValueError, "targets: expected symbols from 0 to 3"),
        ({"targets": np.zeros((3, 3))}, TypeError, "targets: expected whole numbers"),
        ({"targets": np.zeros(3, int)}, ValueError, r"targets: expected \(T, B\), got \(3,\)"),
        ({"targets": np.zeros((3, 2), int)}, ValueError, r"targets: expected \(T, B=3\)"),
        ({"targets": np.zeros((0, 3), int)}, ValueError, "targets"),
        ({"target_lengths": np.array([3, 2, 0])}, ValueError, "target_lengths"),
    ],
)
@pytest.mark.parametrize("method", ["loss", "loss_and_gradients", "teacher_forced", "exact_match"])
def test_a_bad_batch_is_named(changes, error, words, method):
    with pytest.raises(error, match=words):
        getattr(model_of(), method)(random_pairs()._replace(**changes))


@pytest.mark.parametrize(("method", "name"), [("translate", "source"), ("predict", "x")])
def test_a_source_that_the_encoder_cannot_read_is_named(method, name):
    source = random_pairs().source
    for wrong, error, words in ((source[..., :2], ValueError, "D=3"), (source.astype("f4"), TypeError, "float64")):
        with pytest.raises(error, match=rf"^{name}: expected .*{words}"):
            getattr(model_of(), method)(wrong)


def test_what_are_no_pairs_is_named():
    with pytest.raises(TypeError, match=r"batch: expected Pairs, got tuple"):
        model_of().loss(tuple(random_pairs()))
    with pytest.raises(ValueError, match="longest: expected at least 1"):
        model_of().translate(random_pairs().source, longest=0)


def test_what_is_filled_in_behind_a_target_does_not_count_for_the_match():
    model, batch = model_of(), random_pairs()
    symbols, lengths, _ = model.translate(batch.source, batch.source_lengths, longest=4)
    behind = np.arange(len(symbols))[:, None] >= lengths
    assert behind.any(), "no sequence is shorter than another: the test would see nothing"
    other = np.where(behind, (symbols + 1) % O, symbols)
    assert model.exact_match(batch._replace(targets=other, target_lengths=lengths)).all()


def test_predict_runs_free_as_translate_does():
    model, batch = model_of(), random_pairs()
    translated = model.translate(batch.source, batch.source_lengths, longest=4)
    assert np.array_equal(model.predict(batch.source, batch.source_lengths, longest=4), translated.symbols)


def test_an_encoder_and_a_decoder_that_share_their_weights_are_refused():
    cell = rnnlib.Elman(O, O, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="decoder: expected a network with weights of its own, got those of encoder"):
        rnnlib.Seq2Seq(cell, cell, end=END, rng=np.random.default_rng(0))
