"""What every recurrent cell has in common."""

import numpy as np

from ..checks import check_array, check_choice, check_dtype, check_rng, check_size, shape_text
from ..initializers import INITIALIZERS, scaled_normal


class Cell:
    """A recurrent cell: its parameters and one time step of element-wise mathematics.

    A cell is pure: it keeps its parameters and nothing else. The loops over time and the products over a
    whole sequence belong to :func:`rnnlib.unroll` and :func:`rnnlib.bptt`.

    A subclass names its parts and writes two methods:

    ``step(a, state) -> (state, trace)``
        one step forward, from the input's pre-activation a = W_x x + b ``(B, G*N)`` and the previous state.
        ``trace`` is a NamedTuple of what the backward step and the figures need.
    ``step_back(d_state, previous_state, state, trace) -> (da, dq, d_previous_state)``
        the same step backward, from the gradient at the new state; ``da`` is the gradient at the input's
        pre-activation, ``dq`` the one at the recurrent product (they differ where a gate stands between).

    ``states`` names the state vectors; the first of them is what the cell outputs. ``blocks`` names the G
    blocks of rows that are stacked in the weights.
    """

    states = ("h",)
    blocks = ("h",)
    input_weight, recurrent_weight, bias = "W_x", "W_h", "b"
    size_names = ("D", "H")

    def __init__(self, input_size, state_size, *, rng, recurrent="scaled_normal", gain=1.0, dtype=np.float64):
        """Draw the weights: W_x from a scaled normal, each recurrent block as ``recurrent`` says, biases 0.

        ``input_size`` is D, ``state_size`` is H. ``recurrent`` is 'scaled_normal', 'orthogonal' or
        'identity', with its ``gain``. Raises TypeError or ValueError for sizes that are not positive whole
        numbers, for a ``rng`` that is not a generator, and for a dtype other than float64 and float32.
        """
        sizes = check_size("input_size", input_size), check_size("state_size", state_size)
        self.params = self.draw_params(sizes, rng, recurrent, gain, dtype)

    def draw_params(self, sizes, rng, recurrent="scaled_normal", gain=1.0, dtype=np.float64):
        """Fresh parameters for a cell of these sizes, as :meth:`__init__` says."""
        check_rng("rng", rng)
        initialize = INITIALIZERS[check_choice("recurrent", recurrent, INITIALIZERS)]
        dtype = check_dtype("dtype", dtype)
        params = {}
        for name, shape in self.shapes(*sizes).items():
            if name == self.recurrent_weight:
                rows = shape[0] // len(self.blocks)
                params[name] = np.concatenate([initialize(rng, rows, shape[1], gain) for _ in self.blocks])
            else:
                params[name] = scaled_normal(rng, *shape) if len(shape) == 2 else np.zeros(shape)
        return {name: value.astype(dtype) for name, value in params.items()}

    @classmethod
    def from_params(cls, params, **options):
        """A cell with the given parameters, which it takes as they are (they are not copied).

        ``params`` maps the names of :meth:`shapes` to arrays. Raises ValueError for missing or unknown
        names and for shapes that do not fit one another.
        """
        cell = cls.__new__(cls)
        cell.set_options(**options)
        cell.params = dict(params)
        cell.check_params()
        return cell

    def set_options(self):
        """Keep the options of a cell that are not parameters; most cells have none."""

    @classmethod
    def shapes(cls, input_size, state_size):
        """The name and shape of every parameter."""
        rows = len(cls.blocks) * state_size
        return {
            cls.input_weight: (rows, input_size),
            cls.recurrent_weight: (rows, state_size),
            cls.bias: (rows,),
        }

    def check_params(self):
        """Raise TypeError or ValueError unless the parameters have the right names, shapes and one dtype."""
        names = set(self.shapes(*(1 for _ in self.size_names)))
        if set(self.params) != names:
            raise ValueError(
                f"params: expected the names {sorted(names)} of {type(self).__name__}, got {sorted(self.params)}"
            )
        for name in (self.input_weight, self.recurrent_weight):
            check_array(name, self.params[name], out=None, **{"in": None})
        sizes = dict(zip(self.size_names, self.sizes, strict=True))
        for name, shape in self.shapes(*sizes.values()).items():
            axes = {f"axis {i}": n for i, n in enumerate(shape)}
            check_array(name, self.params[name], dtype=self.dtype, **axes)

    @property
    def sizes(self):
        """The sizes in the order of ``size_names``."""
        return self.input_size, self.state_size

    @property
    def input_size(self):
        """D, the size of x_t."""
        return self.params[self.input_weight].shape[1]

    @property
    def state_size(self):
        """The size of the state that is fed back: H, and for a Jordan cell O."""
        return self.params[self.recurrent_weight].shape[1]

    @property
    def output_size(self):
        """The size of what the cell outputs at each step."""
        return self.state_size

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.params[self.input_weight].dtype

    def zero_state(self, batch):
        """The state before the first step: a tuple of zeros ``(B, N)``, one for each name in ``states``."""
        return tuple(np.zeros((batch, self.state_size), self.dtype) for _ in self.states)

    def check_state(self, name, state, batch):
        """Return ``state`` as a tuple of arrays ``(B, N)``; raise TypeError or ValueError if it is not one."""
        parts = (state,) if isinstance(state, np.ndarray) else state
        if not isinstance(parts, tuple) or len(parts) != len(self.states):
            wanted = ", ".join(f"{part} {shape_text({'B': batch, 'H': self.state_size})}" for part in self.states)
            raise TypeError(f"{name}: expected a tuple ({wanted}), got {type(state).__name__}")
        return tuple(
            check_array(f"{name} {part}", value, dtype=self.dtype, B=batch, H=self.state_size)
            for part, value in zip(self.states, parts, strict=True)
        )

    def recurrent_operands(self, run):
        """What the rows of the recurrent weights multiply: pairs of rows (a slice) and vectors ``(T, B, N)``."""
        return [(slice(None), run.states[0][:-1])]

    def weight_gradients(self, run, da, dq, d_states):
        """The gradient of every parameter, each one product of the whole sequence.

        dL/dW_x = sum_t da_t x_t^T,  dL/dW_h = sum_t dq_t h_{t-1}^T,  dL/db = sum_t da_t.
        """
        d_recurrent = [outer_sum(dq[..., rows], operand) for rows, operand in self.recurrent_operands(run)]
        return {
            self.input_weight: outer_sum(da, run.x),
            self.recurrent_weight: np.concatenate(d_recurrent),
            self.bias: da.sum(axis=(0, 1)),
        }


def outer_sum(left, right):
    """sum over time and batch of left_t right_t^T, as one matrix product: ``(T,B,M), (T,B,N) -> (M,N)``."""
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])
