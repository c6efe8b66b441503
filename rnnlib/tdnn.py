"""The time-delay network: a fixed window over the input, which is what comes before memory."""

from dataclasses import dataclass

import numpy as np

from .activations import get_activation
from .cells.base import outer_sum
from .checks import check_array, check_dtype, check_lengths, check_rng, check_size, check_state
from .describe import call_text, options_of
from .initializers import scaled_normal
from .unroll import Gradients


class TDNN:
    """h_t = f(W_x [x_{t-window+1}; ...; x_t] + b): the output sees the last ``window`` inputs and nothing before.

    The same as a causal one-dimensional convolution over time. Before the start the inputs are zero. It goes
    through :func:`rnnlib.unroll` and :func:`rnnlib.bptt` as a cell does, but feeds nothing back, so all steps are
    one matrix product. Its state is the past that the next window still sees, [x_{t-window+2}; ...; x_t], a tuple
    of one array ``(B, (window-1)*D)``.

    Parameters: ``W_x (H, window*D)``, its blocks of D columns from the oldest input to the newest, and ``b (H,)``.
    Source: Waibel et al. (1989), Phoneme recognition using time-delay neural networks.
    """

    def __init__(self, input_size, state_size, window, *, rng, activation="tanh", dtype=np.float64):
        """Draw W_x from a scaled normal; b is 0. ``input_size`` is D, ``state_size`` is H, the size of h_t.

        Raises TypeError or ValueError for sizes or a window that are not positive whole numbers, for a ``rng``
        that is not a generator, for an unknown activation, and for a dtype other than float64 and float32.
        """
        self.input_size = check_size("input_size", input_size)
        self.output_size = check_size("state_size", state_size)
        self.window = check_size("window", window)
        self.activation = get_activation(activation)
        dtype = check_dtype("dtype", dtype)
        weights = scaled_normal(check_rng("rng", rng), state_size, window * input_size)
        self.params = {"W_x": weights.astype(dtype), "b": np.zeros(state_size, dtype)}

    def __repr__(self):
        return call_text(self, D=self.input_size, H=self.output_size, **options_of(self, window=self.window))

    def check_params(self):
        """Raise TypeError or ValueError unless the parameters have the right shapes and one dtype."""
        H, columns = self.output_size, self.window * self.input_size
        check_array("W_x", self.params["W_x"], finite=False, out=H, **{"in": columns})
        check_array("b", self.params["b"], dtype=self.dtype, finite=False, out=H)

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.params["W_x"].dtype

    def check_state(self, name, state, batch):
        """Return ``state`` as a tuple of one array ``(B, (window-1)*D)``, zeros for None; else raise."""
        return check_state(name, state, {"past": (self.window - 1) * self.input_size}, batch, self.dtype)

    def unroll(self, x, state=None, lengths=None):
        """All steps at once, as the windows of the past and x: the :class:`TDNNRun`."""
        self.check_params()
        check_array("x", x, dtype=self.dtype, T=None, B=None, D=self.input_size)
        T, B, D = x.shape
        (past,) = self.check_state("state", state, B)
        lengths = np.full(B, T) if lengths is None else check_lengths("lengths", lengths, B, T)
        inputs = np.concatenate((past.reshape(B, self.window - 1, D).swapaxes(0, 1), x))
        # h_t = f(W_x [x_{t-window+1}; ...; x_t] + b) for all steps at once
        z = _windows(inputs, self.window) @ self.params["W_x"].T + self.params["b"]
        return TDNNRun(self, inputs, self.activation.function(z), lengths)


@dataclass(frozen=True)
class TDNNRun:
    """A :class:`TDNN` over a sequence. ``inputs (window-1+T, B, D)`` is the past and then x; ``hidden`` is h."""

    network: TDNN
    inputs: np.ndarray
    hidden: np.ndarray
    lengths: np.ndarray

    def __repr__(self):
        return call_text(self, self.network, T=len(self), B=len(self.lengths))

    @property
    def x(self):
        """The input ``(T, B, D)``."""
        return self.inputs[self.network.window - 1 :]

    @property
    def mask(self):
        """``(T, B)``, true where a step is part of its sequence."""
        return np.arange(len(self))[:, None] < self.lengths

    @property
    def outputs(self):
        """h_t, ``(T, B, H)``; zero at padded steps."""
        return self.hidden * self.mask[..., None]

    @property
    def final_state(self):
        """The last window-1 inputs of each sequence, a tuple of one array ``(B, (window-1)*D)``."""
        return (_flat(self.inputs[self.last_past]),)

    @property
    def last_past(self):
        """The index in ``inputs`` of the final state of each sequence."""
        return self.lengths + np.arange(self.network.window - 1)[:, None], np.arange(len(self.lengths))

    def __len__(self):
        """T, the number of steps."""
        return len(self.hidden)

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        inputs = self.inputs[start : stop + self.network.window - 1]
        return TDNNRun(self.network, inputs, self.hidden[start:stop], np.clip(self.lengths - start, 0, stop - start))

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """All steps at once."""
        network = self.network
        T, B, D = self.x.shape
        check_array("d_outputs", d_outputs, dtype=network.dtype, T=T, B=B, H=network.output_size)
        # delta_t = f'(z_t) * dL/dh_t;   dL/dW_x = sum_t delta_t [x_{t-window+1}; ...; x_t]^T
        delta = d_outputs * network.activation.slope(self.hidden) * self.mask[..., None]
        params = {"W_x": outer_sum(delta, _windows(self.inputs, network.window)), "b": delta.sum(axis=(0, 1))}
        # each input lies in `window` windows, and receives from all of them
        d_windows = (delta @ network.params["W_x"]).reshape(T, B, network.window, D)
        d_past = network.check_state("d_final_state", d_final_state, B)[0].reshape(B, network.window - 1, D)
        d_inputs = np.zeros_like(self.inputs)
        for j in range(network.window):
            d_inputs[j : j + T] += d_windows[:, :, j]
        d_inputs[self.last_past] += d_past.swapaxes(0, 1)
        start = network.window - 1
        kept = (self._state_gradients(d_windows, d_past),) if keep_state_gradients else None
        return Gradients(params, d_inputs[start:], (_flat(d_inputs[:start]),), kept)

    def _state_gradients(self, d_windows, d_past):
        """dL/dpast_t for t = 0..T: what the window of step t+1 sends back, and what the past after it passes on."""
        kept = [d_past]
        for d_window, real in zip(d_windows[::-1], self.mask[::-1], strict=True):
            # the window of a step is [past; x], and the past after it is the window without its oldest input
            d_before = d_window[:, :-1].copy()
            d_before[:, 1:] += kept[-1][:, :-1]
            kept.append(np.where(real[:, None, None], d_before, kept[-1]))
        return np.array(kept[::-1]).reshape(len(kept), len(d_past), -1)


def _windows(inputs, window):
    """[x_{t-window+1}; ...; x_t] for every step: ``(window-1+T, B, D) -> (T, B, window*D)``."""
    steps = len(inputs) - window + 1
    return np.concatenate([inputs[j : j + steps] for j in range(window)], axis=-1)


def _flat(past):
    """``(window-1, B, D) -> (B, (window-1)*D)``."""
    return past.swapaxes(0, 1).reshape(past.shape[1], -1)
