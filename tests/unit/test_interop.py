"""Other libraries and files: the same numbers there, and the same network back."""

import contextlib

import numpy as np
import pytest

import rnnlib
from rnnlib import interop

D, H = 3, 4


def cells(kind, count, input_size=D):
    rng = np.random.default_rng(0)
    made = [kind(input_size, H, rng=rng) for _ in range(count)]
    for cell in made:
        for value in cell.params.values():
            value[...] = rng.normal(size=value.shape)
    return made


def networks(kind):
    doubled = cells(kind, 2, 2 * H)
    return {
        "one": cells(kind, 1)[0],
        "two layers": rnnlib.Stacked(*cells(kind, 1), *cells(kind, 1, H)),
        "both directions": rnnlib.Bidirectional(*cells(kind, 2)),
        "two layers in both directions": rnnlib.Stacked(
            rnnlib.Bidirectional(*cells(kind, 2)), rnnlib.Bidirectional(*doubled)
        ),
    }


SHAPES = list(networks(rnnlib.LSTM))
TORCH_KINDS = {"RNN": rnnlib.Elman, "LSTM": rnnlib.LSTM, "GRU": rnnlib.GRUResetAfter}
KERAS_KINDS = [rnnlib.Elman, rnnlib.LSTM, rnnlib.GRUResetAfter, rnnlib.GRUResetBefore]


def assert_same_network(left, right):
    x = np.random.default_rng(1).normal(size=(5, 2, D))
    assert type(left) is type(right)
    assert left.params.keys() == right.params.keys()
    for name, value in left.params.items():
        np.testing.assert_array_equal(value, right.params[name])
        assert not np.shares_memory(value, right.params[name])
    np.testing.assert_array_equal(rnnlib.unroll(left, x).outputs, rnnlib.unroll(right, x).outputs)


@pytest.mark.parametrize("name", TORCH_KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_out_to_torch_names_and_back(name, shape):
    network = networks(TORCH_KINDS[name])[shape]
    state = interop.to_torch(network)
    assert ("weight_ih_l1" in state) == ("layers" in shape)
    assert ("bias_hh_l0_reverse" in state) == ("directions" in shape)
    assert_same_network(interop.from_torch(state), network)


@pytest.mark.parametrize("name", TORCH_KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_torch_computes_the_same_outputs_and_gradients(name, shape):
    torch = pytest.importorskip("torch")
    layers, directions = 1 + ("layers" in shape), "directions" in shape
    torch.manual_seed(0)
    module = getattr(torch.nn, name)(D, H, num_layers=layers, bidirectional=directions, dtype=torch.float64)
    network = interop.from_torch(module.state_dict())
    x = np.random.default_rng(1).normal(size=(6, 2, D))
    direction = np.random.default_rng(2).normal(size=(6, 2, H * (1 + directions)))
    theirs, _ = module(torch.from_numpy(x))
    run = rnnlib.unroll(network, x)
    np.testing.assert_allclose(run.outputs, theirs.detach().numpy(), rtol=1e-12, atol=1e-14)
    theirs.backward(torch.from_numpy(direction))
    gradients = rnnlib.bptt(run, direction).params
    ours = {}
    for k, name_ in enumerate(network.params):
        ours[name_] = gradients[name_]
        assert gradients[name_].shape == list(network.params.values())[k].shape
    # the gradient of the one bias is that of each of PyTorch's two
    for their_name, parameter in module.named_parameters():
        if "weight" in their_name or "bias_ih" in their_name:
            wanted = parameter.grad.numpy()
            (found,) = [g for n, g in ours.items() if our_name(network, n) == their_name]
            np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)
    # and back: a module that loads our names computes the same
    with torch.no_grad():
        for value in network.params.values():
            value *= 1.3
        module.load_state_dict({n: torch.from_numpy(v) for n, v in interop.to_torch(network).items()})
        theirs = module(torch.from_numpy(x))[0].numpy()
    np.testing.assert_allclose(rnnlib.unroll(network, x).outputs, theirs, rtol=1e-12, atol=1e-14)


def our_name(network, name):
    """PyTorch's name of a parameter of ours, found by writing it out with only that one not zero."""
    kept = {n: v.copy() for n, v in network.params.items()}
    for n, v in network.params.items():
        v[...] = 1.0 if n == name else 0.0
    (their_name, *_) = [n for n, v in interop.to_torch(network).items() if v.any()]
    for n, v in network.params.items():
        v[...] = kept[n]
    return their_name


def test_both_biases_of_torch_count():
    state = interop.to_torch(cells(rnnlib.GRUResetAfter, 1)[0])
    state["bias_hh_l0"] = np.arange(12.0)
    state["bias_ih_l0"] = np.ones(12)
    params = interop.from_torch(state).params
    np.testing.assert_array_equal(params["b"], [1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 1])
    np.testing.assert_array_equal(params["b_nh"], [8, 9, 10, 11])
    state = interop.to_torch(cells(rnnlib.LSTM, 1)[0])
    state["bias_hh_l0"] += 2
    np.testing.assert_allclose(interop.from_torch(state).params["b"], state["bias_ih_l0"] + 2)
    without = {name: value for name, value in state.items() if "weight" in name}
    assert (interop.from_torch(without).params["b"] == 0).all()


def test_the_activation_of_a_plain_layer_is_told():
    relu = rnnlib.Elman(D, H, rng=np.random.default_rng(0), activation="relu")
    back = interop.from_torch(interop.to_torch(relu), activation="relu")
    assert_same_network(back, relu)
    assert_same_network(interop.from_keras(interop.to_keras(relu), activation="relu"), relu)


@pytest.mark.parametrize("kind", KERAS_KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_out_to_keras_layouts_and_back(kind, shape):
    network = networks(kind)[shape]
    layers = interop.to_keras(network)
    assert [len(arrays) for arrays in layers] == [6 if "directions" in shape else 3] * (1 + ("layers" in shape))
    back = interop.from_keras(layers)
    assert_same_network(back, network)
    assert not any(np.shares_memory(array, value) for a in layers for array in a for value in back.params.values())


def keras_step(kind, x, h, kernel, recurrent, bias):
    """One step as Keras documents it: x W with W (in, out), the blocks of a GRU in the order z, r, h."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    if kind is rnnlib.Elman:
        return np.tanh(x @ kernel + h @ recurrent + bias)
    if kind is rnnlib.GRUResetBefore:
        x_z, x_r, x_h = np.split(x @ kernel + bias, 3)
        U_z, U_r, U_h = np.split(recurrent, 3, axis=1)
        z, r = sigmoid(x_z + h @ U_z), sigmoid(x_r + h @ U_r)
        return z * h + (1 - z) * np.tanh(x_h + (r * h) @ U_h)
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3)
    u_z, u_r, u_h = np.split(h @ recurrent + bias[1], 3)
    z, r = sigmoid(x_z + u_z), sigmoid(x_r + u_r)
    return z * h + (1 - z) * np.tanh(x_h + r * u_h)


@pytest.mark.parametrize("kind", [rnnlib.Elman, rnnlib.GRUResetAfter, rnnlib.GRUResetBefore])
def test_keras_steps_compute_the_same(kind):
    rng = np.random.default_rng(3)
    blocks = 1 if kind is rnnlib.Elman else 3
    bias = rng.normal(size=(2, 3 * H) if kind is rnnlib.GRUResetAfter else blocks * H)
    arrays = [rng.normal(size=(D, blocks * H)), rng.normal(size=(H, blocks * H)), bias]
    x, h = rng.normal(size=(5, 1, D)), np.zeros(H)
    outputs = rnnlib.unroll(interop.from_keras([arrays]), x).outputs
    for t in range(5):
        h = keras_step(kind, x[t, 0], h, *arrays)
        np.testing.assert_allclose(outputs[t, 0], h, rtol=1e-12)


def test_keras_lstm_blocks_are_i_f_c_o():
    arrays = [np.zeros((D, 4 * H)), np.zeros((H, 4 * H)), np.repeat([30.0, -30.0, 0.5, 30.0], H)]
    outputs = rnnlib.unroll(interop.from_keras([arrays]), np.ones((3, 1, D))).outputs
    np.testing.assert_allclose(outputs, np.tanh(np.tanh(0.5)), rtol=1e-10)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_network_and_model_is_saved_and_loaded(dtype, tmp_path):
    def made(seed):
        rng = np.random.default_rng(seed)
        options = {"rng": rng, "dtype": dtype}
        deep = rnnlib.Stacked(
            rnnlib.Bidirectional(rnnlib.PeepholeLSTM(D, 2, **options), rnnlib.GRUResetBefore(D, 3, **options)),
            rnnlib.Elman(5, 4, **options),
        )
        attention = rnnlib.AdditiveAttention(4, 4, 3, **options)
        decoder = rnnlib.Stacked(rnnlib.Elman(5, 4, **options))
        encoder = rnnlib.Stacked(rnnlib.Elman(D, 4, **options))
        return [
            rnnlib.Jordan(D, 4, 2, **options),
            rnnlib.TDNN(D, 4, 3, **options),
            rnnlib.Model(deep, 2, rng=rng),
            rnnlib.Seq2Seq(encoder, decoder, end=0, attention=attention, rng=rng),
        ]

    for k, (model, other) in enumerate(zip(made(0), made(1), strict=True)):
        path = interop.save(tmp_path / f"model{k}", model)
        assert path == tmp_path / f"model{k}.npz"
        assert interop.load(tmp_path / f"model{k}", other) is other
        for name, value in model.params.items():
            np.testing.assert_array_equal(other.params[name], value)
            assert other.params[name].dtype == value.dtype
            assert not np.shares_memory(other.params[name], value)


def test_loading_changes_all_or_nothing(tmp_path):
    saved, other = rnnlib.LSTM(D, H, rng=np.random.default_rng(0)), rnnlib.LSTM(D, H, rng=np.random.default_rng(1))
    saved.params["b"][3] = np.nan
    path = interop.save(tmp_path / "lstm.npz", saved)
    before = {name: value.copy() for name, value in other.params.items()}
    with pytest.raises(ValueError, match="b: expected finite numbers, got nan at index"):
        interop.load(path, other)
    for name, value in before.items():
        np.testing.assert_array_equal(other.params[name], value)


def written(path, what):
    if isinstance(what, bytes):
        path.write_bytes(what)
    else:
        np.savez(path, **what)
    return path


GOOD = rnnlib.Elman(D, H, rng=np.random.default_rng(0)).params


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (b"", "an .npz file of plain arrays"),
        (b"not a zip file", "an .npz file of plain arrays"),
        (b"PK\x03\x04 torn", "an .npz file of plain arrays"),
        (GOOD | {"b_s": np.array([{}], dtype=object)}, "an .npz file of plain arrays"),
        ({"W_x": GOOD["W_x"]}, r"missing \['W_s', 'b_s'\], unknown \[\]"),
        (GOOD | {"p": np.zeros(3)}, r"missing \[\], unknown \['p'\]"),
        (GOOD | {"b_s": np.zeros(3)}, r"b_s: expected \(axis 0=4,\), got \(3,\)"),
    ],
)
def test_a_file_that_does_not_fit_is_named(what, words, tmp_path):
    path = written(tmp_path / "some.npz", what)
    with pytest.raises(ValueError, match=words):
        interop.load(path, rnnlib.Elman(D, H, rng=np.random.default_rng(0)))


def test_other_types_and_files_are_named(tmp_path):
    path = written(tmp_path / "some.npz", {name: value.astype(np.float32) for name, value in GOOD.items()})
    with pytest.raises(TypeError, match="W_x: expected float64, the type of the weights, got float32"):
        interop.load(path, rnnlib.Elman(D, H, rng=np.random.default_rng(0)))
    np.save(tmp_path / "one.npy", np.zeros(3))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    with pytest.raises(ValueError, match=r"an \.npz file"):
        interop.load(tmp_path / "one.npz", rnnlib.Elman(D, H, rng=np.random.default_rng(0)))
    with pytest.raises(FileNotFoundError):
        interop.load(tmp_path / "none.npz", rnnlib.Elman(D, H, rng=np.random.default_rng(0)))
    with pytest.raises(TypeError, match="model: expected a cell, a wrapper or a model, got dict"):
        interop.save(tmp_path / "x", dict(GOOD))


RNG = np.random.default_rng(0)
STATE = interop.to_torch(rnnlib.LSTM(D, H, rng=RNG))


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (
            rnnlib.Jordan(D, H, 2, rng=RNG),
            "expected layers of Elman, .*, which PyTorch has, got Jordan",
        ),
        (rnnlib.PeepholeLSTM(D, H, rng=RNG), "got PeepholeLSTM"),
        (rnnlib.GRUResetBefore(D, H, rng=RNG), "got GRUResetBefore"),
        (rnnlib.TDNN(D, H, 2, rng=RNG), "got TDNN"),
        (rnnlib.Elman(D, H, rng=RNG, activation="sigmoid"), "tanh or relu, which PyTorch has, got sigmoid"),
        (rnnlib.Stacked(rnnlib.LSTM(D, H, rng=RNG), rnnlib.Elman(H, H, rng=RNG)), "one kind, one size"),
        (rnnlib.Stacked(rnnlib.LSTM(D, H, rng=RNG), rnnlib.LSTM(H, 2, rng=RNG)), "one kind, one size"),
    ],
)
def test_what_torch_has_no_module_for_is_named(network, words):
    with pytest.raises(ValueError, match=words):
        interop.to_torch(network)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"rnn.weight_ih_l0": np.zeros((4, 3))}, ValueError, "got 'rnn.weight_ih_l0'"),
        ({"weight_ih_l2": np.zeros((16, 4))}, ValueError, "every layer and direction"),
        ({"weight_ih_l1": np.zeros((16, 4))}, ValueError, "expected weight_ih and weight_hh of every layer"),
        ({"weight_hh_l0": np.zeros((8, 4))}, ValueError, "1, 3 or 4 square blocks"),
        ({"bias_hh_l0": np.zeros(3)}, ValueError, r"bias_hh: expected \(rows=16,\)"),
        ({"weight_ih_l0": np.zeros((12, 3))}, ValueError, "W_x: expected"),
        ({"weight_hh_l0": np.zeros((16, 4), int)}, TypeError, "got int64"),
        ({"weight_hh_l0": np.full((16, 4), np.nan)}, ValueError, "finite"),
    ],
)
def test_a_state_dict_that_does_not_fit_is_named(changes, error, words):
    with pytest.raises(error, match=words):
        interop.from_torch(STATE | changes)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([], "at least one"),
        ([[np.zeros((3, 4))]], "layer 0: expected a list of kernel"),
        ([np.zeros((3, 4))], "layer 0: expected a list of kernel"),
        ([[np.zeros((3, 12)), np.zeros((4, 12)), np.zeros((3, 12))]], r"bias: expected \(rows=2, columns=12\)"),
        ([[np.zeros((3, 8)), np.zeros((4, 8)), np.zeros(8)]], "1, 3 or 4 square blocks"),
    ],
)
def test_keras_weights_that_do_not_fit_are_named(layers, words):
    with pytest.raises(ValueError, match=words):
        interop.from_keras(layers)


def test_what_is_no_network_is_named():
    pair = rnnlib.Bidirectional(rnnlib.Stacked(rnnlib.LSTM(D, H, rng=RNG)), rnnlib.LSTM(D, H, rng=RNG))
    for write in (interop.to_torch, interop.to_keras):
        with pytest.raises(TypeError, match="network: expected a cell or a wrapper of cells, got str"):
            write("LSTM")
        with pytest.raises(ValueError, match="got Stacked"):
            write(pair)
    with pytest.raises(ValueError, match="which Keras has, got Jordan"):
        interop.to_keras(rnnlib.Jordan(D, H, 2, rng=RNG))
    with pytest.raises(ValueError, match="state: expected the weights of every layer"):
        interop.from_torch({})


class Unpicklable:
    def __reduce__(self):
        raise AssertionError("pickled")


def test_a_save_that_fails_leaves_the_file_before_it(tmp_path, monkeypatch):
    cell = rnnlib.Elman(D, H, rng=np.random.default_rng(0))
    path = interop.save(tmp_path / "cell", cell)
    before = path.read_bytes()
    wrong = type("Holder", (), {})()
    wrong.params = {"W_x": np.array([Unpicklable()])}
    with pytest.raises(TypeError, match="W_x: expected float64 or float32, got object"):
        interop.save(path, wrong)

    def interrupted(stream, **arrays):
        stream.write(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", interrupted)
        with pytest.raises(KeyboardInterrupt):
            interop.save(path, cell)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    interop.save(path, rnnlib.Elman(D, H, rng=np.random.default_rng(1)))
    assert path.read_bytes() != before


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="path: expected a file in a folder that exists"):
        interop.save(tmp_path / "gone" / "cell", rnnlib.Elman(D, H, rng=np.random.default_rng(0)))


def test_compressed_bytes_that_are_damaged_are_named(tmp_path):
    cell = rnnlib.Elman(D, 40, rng=np.random.default_rng(0))
    path = tmp_path / "cell.npz"
    np.savez_compressed(path, **cell.params)
    damaged, refused = bytearray(path.read_bytes()), 0
    for place in range(60, 1200, 60):
        path.write_bytes(damaged[:place] + bytes([damaged[place] ^ 0xFF]) + damaged[place + 1 :])
        other = rnnlib.Elman(D, 40, rng=np.random.default_rng(1))
        before = {name: array.copy() for name, array in other.params.items()}
        # a byte that is not part of the numbers may be changed without harm
        with contextlib.suppress(ValueError):
            interop.load(path, other)
            continue
        refused += 1
        assert all(np.array_equal(other.params[name], array) for name, array in before.items())
    assert refused > 10


def test_nothing_is_loaded_into_a_model_of_which_a_part_is_read_only(tmp_path):
    saved, other = (rnnlib.Elman(D, H, rng=np.random.default_rng(seed)) for seed in (0, 1))
    path = interop.save(tmp_path / "cell", saved)
    list(other.params.values())[-1].flags.writeable = False
    before = {name: array.copy() for name, array in other.params.items()}
    with pytest.raises(ValueError, match="b_s: expected an array that can be changed in place, got a read-only one"):
        interop.load(path, other)
    assert all(np.array_equal(other.params[name], array) for name, array in before.items())


class Parameter:
    """What a parameter of PyTorch does: it becomes an array only when it is detached."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self.array

    def __array__(self, *args, **options):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


def test_parameters_that_ask_for_gradients_are_detached():
    state = interop.to_torch(rnnlib.LSTM(D, H, rng=np.random.default_rng(0)))
    again = interop.from_torch({name: Parameter(array) for name, array in state.items()})
    assert all(np.array_equal(value, state[name]) for name, value in interop.to_torch(again).items())


def test_an_lstm_with_a_projection_is_named():
    state = interop.to_torch(rnnlib.LSTM(D, H, rng=np.random.default_rng(0)))
    with pytest.raises(ValueError, match="state: expected an LSTM without proj_size"):
        interop.from_torch(state | {"weight_hr_l0": np.ones((2, H))})
    with pytest.raises(TypeError, match=r"state: expected names to arrays, as module.state_dict\(\) gives, got list"):
        interop.from_torch([1.0])
