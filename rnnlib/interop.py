"""In and out: PyTorch's names, Keras's layouts, and files, all as plain arrays. Neither library is needed.

What differs: PyTorch keeps two biases a layer, which only ever act as their sum, except in the candidate of the GRU.
Keras multiplies from the left, x W with W ``(in, out)``, and stacks the blocks of the GRU as z, r, h.
"""

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .cells import LSTM, Elman, GRUResetAfter, GRUResetBefore
from .checks import check_array, check_floats, check_kind, check_writable
from .unroll import check_network
from .wrappers import Bidirectional, Stacked

TORCH_NAME = re.compile(r"(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)(_reverse)?")
TORCH_CELLS = {1: Elman, 3: GRUResetAfter, 4: LSTM}
TORCH_ACTIVATIONS = ("tanh", "relu")
BROKEN = (zipfile.BadZipFile, zlib.error)
KERAS_CELLS = (Elman, LSTM, GRUResetAfter, GRUResetBefore)


def to_torch(network):
    """The state dict of the ``torch.nn.RNN``, ``LSTM`` or ``GRU`` that computes the same: names to new arrays.

    ``network`` is a cell, a :class:`Bidirectional` pair of cells, or a :class:`Stacked` of either, all of one kind
    and one size; layer k has the names ``weight_ih_l{k}``, ``weight_hh_l{k}``, ``bias_ih_l{k}`` and ``bias_hh_l{k}``,
    with ``_reverse`` behind them for the backward direction. Raises TypeError for what is not a network, and
    ValueError for one that PyTorch has no module for.
    """
    layers = _layers(network, tuple(TORCH_CELLS.values()), "PyTorch")
    kinds = {(type(cell), cell.state_size, len(layer)) for layer in layers for cell in layer}
    if len(kinds) > 1:
        raise ValueError(
            "network: PyTorch wants layers of one kind, one size and one number of directions, got several"
        )
    state = {}
    for k, layer in enumerate(layers):
        for cell, direction in zip(layer, ("", "_reverse"), strict=False):
            values = _cell_to_torch(cell)
            state |= {f"{name}_l{k}{direction}": value for name, value in values.items()}
    return state


def from_torch(state, activation="tanh"):
    """The network whose :func:`to_torch` is ``state``, from names to arrays (or to tensors on the CPU).

    The kind is known by the shapes: one block of rows is a plain layer, three are a GRU, four an LSTM. A plain
    layer's ``activation``, 'tanh' or 'relu', is not in a state dict. Missing biases are zeros. The arrays are
    copied. Raises TypeError or ValueError for unknown or missing names and for shapes that do not fit.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"state: expected names to arrays, as module.state_dict() gives, got {type(state).__name__}")
    grouped = {}
    for name, value in dict(state).items():
        match = TORCH_NAME.fullmatch(str(name))
        if str(name).startswith("weight_hr_l"):
            raise ValueError(f"state: expected an LSTM without proj_size, whose output is its state, got {name!r}")
        if not match:
            raise ValueError(
                f"state: expected names such as weight_ih_l0, of torch.nn.RNN, LSTM or GRU, got {name!r}: "
                "for a part of a larger module leave out what comes before them"
            )
        part, layer, reverse = match.groups()
        # a parameter, which asks for gradients, becomes an array only when it is detached
        value = value.detach() if hasattr(value, "detach") else value
        array = check_kind(f"state {name}", value, "f", "an array or a tensor on the CPU, of floats").copy()
        grouped.setdefault((int(layer), reverse is not None), {})[part] = array
    depth = 1 + max((k for k, _ in grouped), default=-1)
    directions = 1 + any(reverse for _, reverse in grouped)
    wanted = {(k, reverse) for k in range(depth) for reverse in (False, True)[:directions]}
    if set(grouped) != wanted or not grouped:
        raise ValueError(f"state: expected the weights of every layer and direction, got {sorted(dict(state))}")
    cells = {key: _cell_from_torch(values, activation) for key, values in grouped.items()}
    return _network([[cells[k, reverse] for reverse in (False, True)[:directions]] for k in range(depth)])


def to_keras(network):
    """The weights of Keras's SimpleRNN, LSTM and GRU layers that compute the same: a list of new arrays a layer.

    Each layer is what its ``set_weights`` takes: kernel ``(D, G*H)``, recurrent kernel ``(H, G*H)`` and bias
    ``(G*H,)``, or ``(2, 3*H)`` for a GRU with ``reset_after=True``; a bidirectional layer has the forward three and
    then the backward three. ``network`` is a cell, a pair, or a :class:`Stacked` of either. Raises TypeError for what
    is not a network, and ValueError for one that Keras has no layer for.
    """
    return [
        [array for cell in layer for array in _cell_to_keras(cell)] for layer in _layers(network, KERAS_CELLS, "Keras")
    ]


def from_keras(layers, activation="tanh"):
    """The network whose :func:`to_keras` is ``layers``: for each layer the arrays of its ``get_weights()``.

    The kind is known by the shapes: a GRU whose bias has two rows resets after the product, one with a single
    row before it; six arrays are a bidirectional layer. A SimpleRNN's ``activation`` is not in its weights. The
    arrays are copied. Raises TypeError or ValueError for numbers of arrays and shapes that do not fit.
    """
    networks = []
    if not isinstance(layers, list | tuple):
        raise TypeError(f"layers: expected a list, a layer's weights in each entry, got {type(layers).__name__}")
    for k, arrays in enumerate(layers):
        if not isinstance(arrays, list | tuple) or len(arrays) not in (3, 6):
            got = f"{type(arrays).__name__}{f' of {len(arrays)}' if isinstance(arrays, list | tuple) else ''}"
            raise ValueError(
                f"layer {k}: expected a list of kernel, recurrent kernel and bias, twice for both directions, got {got}"
            )
        networks.append([_cell_from_keras(arrays[i : i + 3], activation) for i in range(0, len(arrays), 3)])
    if not networks:
        raise ValueError("layers: expected at least one, got none")
    return _network(networks)


def save(path, model):
    """Write every array of ``model.params`` by its name into the file ``path``, a ``.npz`` without pickle.

    ``model`` is a cell, a wrapper, or a model. Returns the path, which ends in ``.npz``. A file that is there already
    is replaced once the new one is complete. Raises TypeError for anything else and for arrays that are not of
    float64 or float32, and FileNotFoundError where there is no such folder.
    """
    path, params = _npz(path), _params(model)
    for name, array in params.items():
        check_floats(name, array)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path: expected a file in a folder that exists, got {path}")
    # a file of its own first, so that the old one is whole until the new one is
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as stream:
            np.savez(stream, **params)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def load(path, model):
    """Read the file that :func:`save` wrote back into the arrays of ``model``, and return the model.

    The model is one of the same sizes as the saved one. Raises FileNotFoundError where there is no file, TypeError
    for a model of the wrong kind, and ValueError, before anything is changed, for a file that is no ``.npz`` of plain
    arrays and for names, shapes, types and numbers that do not fit.
    """
    path, params = _npz(path), _params(model)
    try:
        with path.open("rb") as stream:
            file = np.load(stream, allow_pickle=False)
            saved = {name: file[name] for name in file.files}
    except (ValueError, AttributeError, EOFError, MemoryError, NotImplementedError, *BROKEN) as error:
        raise ValueError(f"{path.name}: expected an .npz file of plain arrays, written by save: {error}") from error
    if saved.keys() != params.keys():
        missing, unknown = sorted(params.keys() - saved.keys()), sorted(saved.keys() - params.keys())
        raise ValueError(f"{path.name}: expected the arrays of the model; missing {missing}, unknown {unknown}")
    for name, value in saved.items():
        axes = {f"axis {axis}": n for axis, n in enumerate(params[name].shape)}
        check_array(name, value, dtype=params[name].dtype, **axes)
    check_writable(params)
    for name, value in saved.items():
        params[name][...] = value
    return model


def _cell_to_torch(cell):
    if isinstance(cell, Elman) and cell.activation.name not in TORCH_ACTIVATIONS:
        raise ValueError(f"network: expected tanh or relu, which PyTorch has, got {cell.activation.name}")
    bias = cell.params[cell.bias]
    other_bias = np.zeros_like(bias)
    if isinstance(cell, GRUResetAfter):
        other_bias[2 * cell.state_size :] = cell.params["b_nh"]
    return {
        "weight_ih": cell.params[cell.input_weight].copy(),
        "weight_hh": cell.params[cell.recurrent_weight].copy(),
        "bias_ih": bias.copy(),
        "bias_hh": other_bias,
    }


def _cell_from_torch(values, activation):
    if not {"weight_ih", "weight_hh"} <= values.keys():
        raise ValueError(f"state: expected weight_ih and weight_hh of every layer and direction, got {sorted(values)}")
    kind = _kind_by_shape(values["weight_hh"], TORCH_CELLS, "(G*H, H)", "Keras")
    zeros = np.zeros(len(values["weight_hh"]), values["weight_hh"].dtype)
    bias, other_bias = (values.get(name, zeros) for name in ("bias_ih", "bias_hh"))
    for name, value in (("bias_ih", bias), ("bias_hh", other_bias)):
        check_array(name, value, dtype=zeros.dtype, rows=len(zeros))
    if kind is GRUResetAfter:
        # the candidate's second bias is inside the reset, the others only ever act as a sum
        gates = len(zeros) // 3 * 2
        inside = {"b_nh": other_bias[gates:].copy()}
        bias = bias + np.where(np.arange(len(zeros)) < gates, other_bias, 0)
    else:
        inside, bias = {}, bias + other_bias
    params = {
        kind.input_weight: values["weight_ih"],
        kind.recurrent_weight: values["weight_hh"],
        kind.bias: bias,
    }
    return kind.from_params(params | inside, **({"activation": activation} if kind is Elman else {}))


def _cell_to_keras(cell):
    bias = cell.params[cell.bias]
    if isinstance(cell, GRUResetAfter):
        inside = np.zeros_like(bias)
        inside[2 * cell.state_size :] = cell.params["b_nh"]
        bias = np.stack((bias, inside))
    arrays = [cell.params[cell.input_weight].T, cell.params[cell.recurrent_weight].T, bias]
    return [_reorder_gru(array) if len(cell.blocks) == 3 else array.copy() for array in arrays]


def _cell_from_keras(arrays, activation):
    names = ("kernel", "recurrent kernel", "bias")
    kernel, recurrent, bias = (
        check_kind(name, array, "f", "an array of floats") for name, array in zip(names, arrays, strict=True)
    )
    kinds = {1: Elman, 3: GRUResetAfter if bias.ndim == 2 else GRUResetBefore, 4: LSTM}
    kind = _kind_by_shape(recurrent.T, kinds, "(H, G*H)", "PyTorch")
    if len(kind.blocks) == 3:
        kernel, recurrent, bias = (_reorder_gru(array) for array in (kernel, recurrent, bias))
    inside = {}
    if kind is GRUResetAfter:
        check_array("bias", bias, rows=2, columns=recurrent.shape[1])
        gates = 2 * len(recurrent)
        inside = {"b_nh": bias[1, gates:].copy()}
        bias = bias[0] + np.where(np.arange(bias.shape[1]) < gates, bias[1], 0)
    params = {kind.input_weight: kernel.T.copy(), kind.recurrent_weight: recurrent.T.copy(), kind.bias: bias.copy()}
    return kind.from_params(params | inside, **({"activation": activation} if kind is Elman else {}))


def _reorder_gru(array):
    """r, z, n as z, r, h, or back: the first two blocks of the last axis change places."""
    first, second, third = np.split(array, 3, axis=-1)
    return np.concatenate((second, first, third), axis=-1)


def _kind_by_shape(recurrent, kinds, layout, other):
    """The kind of cell whose recurrent weights ``(G*H, H)`` these are, by G.

    ``layout`` is the shape as the reader's library has it, and ``other`` the library that has it transposed.
    """
    check_array("recurrent weights", recurrent, rows=None, H=None)
    rows, H = recurrent.shape
    if rows % H or rows // H not in kinds:
        shape = recurrent.shape if layout == "(G*H, H)" else recurrent.shape[::-1]
        transposed = H % rows == 0 and H // rows in kinds
        advice = f": this is the layout of {other}, take from_{'keras' if other == 'Keras' else 'torch'}" * transposed
        raise ValueError(f"recurrent weights: expected 1, 3 or 4 square blocks in {layout}, got {shape}{advice}")
    return kinds[rows // H]


def _layers(network, kinds, library):
    """The cells of each layer, a list of one or two; raise for a cell of none of the ``kinds``."""
    check_network("network", network)
    layers = network.layers if isinstance(network, Stacked) else [network]
    layers = [[layer.forward, layer.backward] if isinstance(layer, Bidirectional) else [layer] for layer in layers]
    for layer in layers:
        for cell in layer:
            if type(cell) not in kinds:
                names, advice = ", ".join(kind.__name__ for kind in kinds), ""
                if type(cell) is GRUResetBefore:
                    advice = f": {library} resets after the product, so its GRU computes something else"
                raise ValueError(
                    f"network: expected layers of {names}, which {library} has, got {type(cell).__name__}{advice}"
                )
    return layers


def _network(layers):
    """The network with these cells in each layer."""
    networks = [Bidirectional(*cells) if len(cells) == 2 else cells[0] for cells in layers]
    return Stacked(*networks) if len(networks) > 1 else networks[0]


def _npz(path):
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(f"{path.name}.npz")


def _params(model):
    params = getattr(model, "params", None)
    if not isinstance(params, dict) or isinstance(model, type):
        raise TypeError(f"model: expected a cell, a wrapper or a model, got {type(model).__name__}")
    return params
