"""Chapter 9: the training that PyTorch shares, the tables of differences, and the code of its notebook."""

import contextlib
import inspect
import io
import json
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import rnnlib
from rnnlib import interop
from rnnlib.chapters.ch9_frameworks import experiments
from rnnlib.chapters.ch9_frameworks.explorers import changes, lengths
from rnnlib.tasks import flights

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "09_frameworks.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code" and cell["id"] != "colab"]
SOURCES = ["".join(cell["source"]) for cell in CODE]


def said(k):
    """What code cell k printed when the notebook was saved."""
    return "".join("".join(output.get("text", "")) for output in CODE[k]["outputs"])


def cell_with(text):
    """The number of the code cell that has this text."""
    (k,) = [k for k, source in enumerate(SOURCES) if text in source]
    return k


@pytest.mark.parametrize("text", ["witnesses = ", "theirs = experiments.losses()"])
def test_the_chapter_prints_the_same_without_torch(monkeypatch, text):
    monkeypatch.setitem(sys.modules, "torch", None)
    names, last = {"__name__": "chapter9"}, cell_with(text)
    with mpl.rc_context():
        for k, source in enumerate(SOURCES[: last + 1]):
            needed = k == last or not any(part in source for part in ("explorers.", "recall(", ".check(", "attempts ="))
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(source if needed else "", names)
    assert names["torch"] is None
    assert printed.getvalue() == said(last)


# the training in PyTorch


def test_the_training_that_the_chapter_shows_is_that_of_the_script():
    pytest.importorskip("torch")
    import pytorch_training

    assert inspect.getsource(pytorch_training.train_in_pytorch) in SOURCES[cell_with("def train_in_pytorch")] + "\n"


def test_pytorch_and_rnnlib_have_the_same_losses_and_each_change_parts_them():
    pytest.importorskip("torch")
    import pytorch_training

    found = pytorch_training.train_all()
    here = {"rnnlib": experiments.train_here(), "rnnlib, clipped": experiments.train_here(experiments.CLIP)}
    assert set(found) == set(experiments.CHANGES)
    gaps = {name: np.abs(losses - here[experiments.ours(name)]).max() for name, losses in found.items()}
    assert gaps["same"] < 1e-13
    assert 1e-9 < gaps["clipped by PyTorch"] < 1e-5
    assert 1e-9 < gaps["float32"] < 1e-4
    assert min(gaps["both biases trained"], gaps["padding counted"]) > 0.01
    for name, losses in (found | here).items():
        near = 1e-4 if name == "float32" else 1e-10
        np.testing.assert_allclose(losses, experiments.losses()[name], atol=near, err_msg=name)


def test_the_saved_losses_of_rnnlib_are_those_of_today():
    np.testing.assert_allclose(experiments.train_here(), experiments.losses()["rnnlib"], atol=1e-10)
    np.testing.assert_allclose(experiments.losses()["same"], experiments.losses()["rnnlib"], atol=1e-12)


def test_without_the_hook_the_curves_part_at_the_second_step():
    gap = changes.apart("both biases trained")
    assert gap[0] < 1e-14
    assert gap[1] > 1e-5


def test_the_script_says_what_a_change_is_not_part_of():
    pytest.importorskip("torch")
    import pytorch_training

    with pytest.raises(ValueError, match="pieces of train_in_pytorch"):
        pytorch_training.changed({"no such line": ""})


@pytest.mark.parametrize(("name", "kind"), [("LSTM", rnnlib.LSTM), ("GRU", rnnlib.GRUResetAfter)])
def test_torch_gives_both_biases_the_same_gradient_but_for_the_candidate_of_the_gru(name, kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    H = 4
    module = getattr(torch.nn, name)(3, H, dtype=torch.float64)
    cell = interop.from_torch(module.state_dict())
    rng = np.random.default_rng(0)
    x, u = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, H))
    module(torch.from_numpy(x))[0].backward(torch.from_numpy(u))
    inputs, states = (getattr(module, f"bias_{part}_l0").grad.numpy() for part in ("ih", "hh"))
    ours = rnnlib.bptt(rnnlib.unroll(cell, x), u).params
    assert isinstance(cell, kind)
    np.testing.assert_allclose(ours["b"], inputs, rtol=1e-10, atol=1e-12)
    if name == "LSTM":
        np.testing.assert_allclose(inputs, states, rtol=1e-12)
    else:
        np.testing.assert_allclose(inputs[: 2 * H], states[: 2 * H], rtol=1e-12)
        np.testing.assert_allclose(ours["b_nh"], states[2 * H :], rtol=1e-10, atol=1e-12)
        assert np.abs(inputs - states)[2 * H :].max() > 0.1


def test_one_row_of_keras_biases_is_the_reset_before_the_product_and_two_are_after():
    for kind, rows in ((rnnlib.GRUResetBefore, 1), (rnnlib.GRUResetAfter, 2)):
        cell = kind(3, 4, rng=np.random.default_rng(0))
        (_, _, bias), *_ = interop.to_keras(cell)
        assert bias.size == rows * 12
        assert type(interop.from_keras(interop.to_keras(cell))) is kind


# layouts


def test_misread_blocks_fit_and_compute_something_else():
    rng = np.random.default_rng(0)
    gru, x = rnnlib.GRUResetAfter(3, 4, rng=rng), rng.normal(size=(6, 2, 3))
    wrong = experiments.misread(gru)
    assert {name: array.shape for name, array in wrong.params.items()} == {n: a.shape for n, a in gru.params.items()}
    assert np.abs(rnnlib.unroll(wrong, x).outputs - rnnlib.unroll(gru, x).outputs).max() > 0.01


def test_transposed_weights_are_named_with_the_way_out():
    gru = rnnlib.GRUResetAfter(3, 4, rng=np.random.default_rng(0))
    [(kernel, recurrent, bias)] = interop.to_keras(gru)
    state = interop.to_torch(gru)
    with pytest.raises(
        ValueError, match=r"in \(G\*H, H\), got \(4, 12\): this is the layout of Keras, take from_keras"
    ):
        interop.from_torch({"weight_ih_l0": kernel, "weight_hh_l0": recurrent})
    with pytest.raises(
        ValueError, match=r"in \(H, G\*H\), got \(12, 4\): this is the layout of PyTorch, take from_torch"
    ):
        interop.from_keras([[state["weight_ih_l0"], state["weight_hh_l0"], bias]])
    with pytest.raises(ValueError, match=r"got \(12, 5\)$"):
        interop.from_torch({"weight_ih_l0": np.ones((12, 3)), "weight_hh_l0": np.ones((12, 5))})
    with pytest.raises(ValueError, match="proj_size"):
        interop.from_torch(state | {"weight_hr_l0": np.eye(4)})


def test_a_gru_that_resets_before_the_product_is_refused_with_the_reason():
    gru = rnnlib.GRUResetBefore(3, 4, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="PyTorch resets after the product, so its GRU computes something else"):
        interop.to_torch(gru)
    assert type(interop.from_keras(interop.to_keras(gru))) is rnnlib.GRUResetBefore


# lengths


def test_the_explorer_of_packing_counts_the_steps():
    batch = flights.draw_batch(np.random.default_rng(4), lengths.SIZE)
    real = np.arange(len(batch.x))[:, None] < batch.lengths
    np.testing.assert_array_equal([lengths.running(t) for t in range(1, len(real) + 1)], real.sum(axis=1))
    explorer = lengths.packing()
    explorer.set(t=13)
    assert f"{real[12].sum()} of 12 sequences run" in explorer.sentence
    assert f"packed, {real.sum()}" in explorer.sentence


def test_packing_is_what_pytorch_packs():
    torch = pytest.importorskip("torch")
    from rnnlib.chapters.ch9_frameworks.exercises import pack

    for case in pack.cases():
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            torch.from_numpy(case["x"]), torch.tensor(case["lengths"].copy())
        )
        data, sizes = pack.reference(**case)
        np.testing.assert_array_equal(packed.data.numpy(), data)
        np.testing.assert_array_equal(packed.batch_sizes.numpy(), sizes)


# the table of defaults


def test_the_defaults_of_this_course():
    lstm = rnnlib.LSTM(40, 500, rng=np.random.default_rng(0))
    assert (lstm.params["b"][500:1000] == 1).all()
    assert lstm.params["W_x"].std() == pytest.approx(1 / np.sqrt(40), rel=0.02)
    assert lstm.params["W_h"].std() == pytest.approx(1 / np.sqrt(500), rel=0.02)
    assert (rnnlib.Adam().epsilon, lstm.dtype) == (1e-8, np.float64)
    gradient, norm = rnnlib.clip_by_norm({"g": np.array([3.0, 4.0])}, 1.0)
    assert (norm, np.linalg.norm(gradient["g"])) == (5.0, pytest.approx(1.0, abs=1e-15))


def test_the_defaults_of_pytorch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    H = 100
    lstm = torch.nn.LSTM(40, H)
    for array in (parameter.detach().numpy() for parameter in lstm.parameters()):
        assert array.dtype == np.float32
        assert 0.9 / np.sqrt(H) < np.abs(array).max() <= 1 / np.sqrt(H)
    assert torch.optim.Adam(lstm.parameters()).defaults["eps"] == 1e-8
    weight = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    weight.grad = torch.tensor([3e-6, 4e-6], dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_([weight], 1e-6)
    assert weight.grad.norm().item() == pytest.approx(5e-6 * 1e-6 / (5e-6 + 1e-6))


# the table for those who come from PyTorch, line by line


def model_and_batch():
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.LSTM(3, 4, rng=rng), 5, rng=rng, dropout=0.5)
    batch = rnnlib.Batch(rng.normal(size=(6, 2, 3)), rng.integers(5, size=(6, 2)), lengths=np.array([6, 4]))
    return model, batch


def test_the_rate_is_the_first_argument_and_gradients_come_afresh():
    assert rnnlib.Adam(0.01).rate == rnnlib.Adam(rate=0.01).rate == 0.01
    model, batch = model_and_batch()
    one, two = (model.loss_and_gradients(batch)[1] for _ in range(2))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def test_minus_100_is_refused_and_padding_must_be_finite_and_changes_nothing():
    model, batch = model_and_batch()
    with pytest.raises(ValueError, match="targets: expected classes from 0"):
        model.loss(batch._replace(targets=np.where(batch.targets == batch.targets[0, 0], -100, batch.targets)))
    other = batch.x.copy()
    other[4:, 1] = 7.0
    assert model.loss(batch._replace(x=other)) == model.loss(batch)
    other[5, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        model.loss(batch._replace(x=other))


def test_a_gradient_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        rnnlib.clip_by_norm({"g": np.array([1.0, np.inf])}, 1.0)


def test_types_are_not_mixed_and_states_have_no_axis_for_layers():
    model, batch = model_and_batch()
    with pytest.raises(TypeError, match="float64"):
        rnnlib.unroll(model.network, batch.x.astype(np.float32))
    assert [part.shape for part in rnnlib.unroll(model.network, batch.x).final_state] == [(2, 4), (2, 4)]


def test_dropout_is_on_where_a_generator_is_handed_in_and_stands_before_the_readout():
    model, batch = model_and_batch()
    plain = [model.loss_and_gradients(batch)[0] for _ in range(2)]
    dropped = [model.loss_and_gradients(batch, rng=np.random.default_rng(seed))[0] for seed in range(2)]
    assert plain[0] == plain[1] == model.loss(batch)
    assert len({*dropped, plain[0]}) == 3  # with one layer, so it is the readout that reads less


def test_functions_that_draw_are_handed_a_generator_and_a_gate_has_one_bias():
    with pytest.raises(TypeError, match="rng"):
        rnnlib.scaled_normal(0, 2, 3)
    assert {name for name in rnnlib.LSTM(3, 4, rng=np.random.default_rng(0)).params if name.startswith("b")} == {"b"}


def test_what_pytorch_does_in_those_lines():
    torch = pytest.importorskip("torch")
    weight = torch.nn.Parameter(torch.ones(1))
    for _ in range(2):
        (3 * weight).sum().backward()
    assert weight.grad.item() == 6  # added
    logits, targets = torch.randn(4, 5), torch.tensor([1, -100, 2, -100])
    loss = torch.nn.functional.cross_entropy(logits, targets)
    assert loss == torch.nn.functional.cross_entropy(logits[[0, 2]], targets[[0, 2]])
    weight.grad = torch.tensor([np.nan])
    torch.nn.utils.clip_grad_norm_([weight], 1.0)
    assert weight.grad.isnan().all()
    _, (h, c) = torch.nn.LSTM(3, 4, num_layers=2)(torch.zeros(6, 2, 3))
    assert h.shape == c.shape == (2, 2, 4)
    assert torch.nn.GRU(3, 4).weight_ih_l0.dtype == torch.float32
    one_layer = torch.nn.GRU(3, 4, num_layers=2, dropout=1.0)
    assert one_layer(torch.ones(6, 2, 3))[0].abs().sum() > 0  # not after the last layer
    assert {name for name, _ in torch.nn.GRU(3, 4).named_parameters()} >= {"bias_ih_l0", "bias_hh_l0"}
    x = torch.zeros(3, 1, 3)
    x[1:] = np.nan  # packed, the padding is not looked at
    assert torch.nn.utils.rnn.pack_padded_sequence(x, [1]).data.isfinite().all()
    dropout, ones = torch.nn.Dropout(0.5), torch.ones(100)
    dropout.train()
    torch.manual_seed(0)
    first = dropout(ones)
    torch.manual_seed(0)  # one generator for all: the same seed draws the same again
    assert (first == 0).any()
    assert torch.equal(first, dropout(ones))
    dropout.eval()
    assert torch.equal(dropout(ones), ones)
