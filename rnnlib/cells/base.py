"""What every recurrent cell has in common."""

import numpy as np

from ..checks import check_array, check_choice, check_dtype, check_number, check_rng, check_size, check_state
from ..describe import call_text, options_of
from ..initializers import INITIALIZERS, scaled_normal
from ..unroll import unroll_cell


class Cell:
    """A recurrent cell: its parameters and one time step of element-wise mathematics.

    A cell is pure: it keeps its parameters and nothing else. The loops over time and the products over a
    whole sequence belong to :func:`rnnlib.unroll` and :func:`rnnlib.bptt`.

    ``states`` names the state vectors; the first of them is what the cell outputs. ``blocks`` names the G blocks
    of rows that are stacked in the weights. Inside, every block is an array of its own: the pre-activations of
    a step are ``(G, B, H)``, the recurrent weights ``(G, H, N)``. A subclass names its parts and writes
    :meth:`new_trace` and :meth:`step` for the way forward, :meth:`slopes` and :meth:`step_back` for the way back.

    The recurrence is taken to be a matrix product, W_h h_{t-1}. A cell with another one, as :class:`rnnlib.IndRNN`,
    also writes :meth:`draw_recurrent`, :meth:`forward_weights`, :meth:`backward_weights`,
    :meth:`recurrent_gradient` and :meth:`squared_terms`. What may be overwritten: :meth:`step` fills ``state`` and
    ``trace``, and ``a``, where the gates take the place of their pre-activations; :meth:`step_back` turns the slopes
    into deltas. ``previous``, ``d_state`` and the weights belong to others and are left as they are.
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

    def __repr__(self):
        return call_text(
            self, **dict(zip(self.size_names, self.sizes, strict=True)), **options_of(self, **self.options())
        )

    def options(self):
        """The options of the cell that are not parameters, by name."""
        return {}

    def draw_params(self, sizes, rng, recurrent="scaled_normal", gain=1.0, dtype=np.float64):
        """Fresh parameters for a cell of these sizes, as :meth:`__init__` says."""
        check_rng("rng", rng)
        dtype = check_dtype("dtype", dtype)
        params = {}
        for name, shape in self.shapes(*sizes).items():
            if name == self.recurrent_weight:
                params[name] = self.draw_recurrent(rng, shape, recurrent, check_number("gain", gain, least=0))
            else:
                params[name] = scaled_normal(rng, *shape) if len(shape) == 2 else np.zeros(shape)
        return {name: value.astype(dtype) for name, value in params.items()}

    def draw_recurrent(self, rng, shape, recurrent, gain):
        """The recurrent weights: each block from the initializer called ``recurrent``, with its ``gain``."""
        initialize = INITIALIZERS[check_choice("recurrent", recurrent, INITIALIZERS)]
        rows = shape[0] // len(self.blocks)
        return np.concatenate([initialize(rng, rows, shape[1], gain) for _ in self.blocks])

    @classmethod
    def from_params(cls, params, **options):
        """A cell with the given parameters, which it takes as they are (they are not copied).

        ``params`` maps the names of :meth:`shapes` to arrays. Raises ValueError for missing or unknown
        names and for shapes that do not fit one another.
        """
        if not isinstance(params, dict):
            raise TypeError(f"params: expected a dict of arrays by name, got {type(params).__name__}")
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

    def check_params(self, finite=True):
        """Raise TypeError or ValueError unless the parameters have the right names, shapes and one dtype."""
        shapes = self.shapes(*(1 for _ in self.size_names))
        if set(self.params) != set(shapes):
            raise ValueError(
                f"params: expected the names {sorted(shapes)} of {type(self).__name__}, "
                f"got {sorted(self.params, key=str)}"
            )
        # first the number of their axes, from which the sizes are read, then the sizes
        weights = (self.recurrent_weight, self.input_weight)
        for name in weights:
            axes = ("out", "in")[: len(shapes[name])]
            check_array(name, self.params[name], finite=False, **dict.fromkeys(axes))
        shapes = self.shapes(*self.sizes)
        for name in dict.fromkeys((*weights, *shapes)):
            axes = dict(zip(("out", "in"), shapes[name], strict=False))
            check_array(name, self.params[name], dtype=self.dtype, finite=finite, **axes)

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
        return self.params[self.recurrent_weight].shape[-1]

    @property
    def output_size(self):
        """The size of what the cell outputs at each step."""
        return self.state_size

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.params[self.input_weight].dtype

    def unroll(self, x, state=None, lengths=None):
        """The :class:`rnnlib.Run` over ``x (T, B, D)``, as :func:`rnnlib.unroll` says."""
        return unroll_cell(self, x, state, lengths)

    def forward_weights(self):
        """The recurrent weights as :meth:`step` takes them: each block transposed, ``(G, N, H)``."""
        return np.ascontiguousarray(self.blocks_of(self.recurrent_weight).swapaxes(1, 2))

    def backward_weights(self):
        """The recurrent weights as :meth:`step_back` takes them: ``(G, H, N)``."""
        return self.blocks_of(self.recurrent_weight)

    def new_trace(self, a):
        """Room for what the way back and the figures need of every step: a NamedTuple of arrays ``(T, B, H)``.

        The gates take the place of their pre-activations in ``a (G, T, B, H)``, block by block.
        """
        raise NotImplementedError

    def step(self, W_T, a, previous, state, trace):
        """One step forward: from a = W_x x + b and the state before, fill in ``state`` and ``trace``.

        ``W_T (G, N, H)`` are the recurrent weights, transposed; ``a (G, B, H)`` shares its memory with the gates in
        ``trace``; ``previous`` and ``state`` are tuples of arrays ``(B, N)``.
        """
        raise NotImplementedError

    def slopes(self, previous, state, trace):
        """The derivatives of the element-wise mathematics, of all steps at once: a tuple of new arrays.

        The first are the slopes at the pre-activations, ``(G, T, B, H)``. Arguments as in a :class:`rnnlib.Run`.
        """
        raise NotImplementedError

    def step_back(self, W, d_state, slopes, trace):
        """One step back: from the gradient at the state of a step, return that at the state before it.

        What arrives is multiplied into the slopes, so that the first of them becomes delta, the gradient at the
        pre-activation. ``W (G, H, N)`` are the recurrent weights.
        """
        raise NotImplementedError

    def check_state(self, name, state, batch):
        """Return ``state`` as a tuple of arrays ``(B, N)``, zeros for None; else raise TypeError or ValueError."""
        return check_state(name, state, dict.fromkeys(self.states, self.state_size), batch, self.dtype)

    def blocks_of(self, name):
        """A weight matrix block by block, as a view: ``(G*H, N) -> (G, H, N)``."""
        weights = self.params[name]
        return weights.reshape(len(self.blocks), -1, weights.shape[1])

    def recurrent_operands(self, run):
        """What each block of the recurrent weights multiplies: G arrays ``(T, B, N)``."""
        return [run.states[0][:-1] for _ in self.blocks]

    def recurrent_deltas(self, slopes):
        """The gradient at the recurrent product, G arrays ``(T, B, H)``: delta, unless a gate lies between."""
        return slopes[0]

    def recurrent_gradient(self, delta, operand):
        """sum_t dq_t h_{t-1}^T, the gradient of one block of the recurrent weights."""
        return outer_sum(delta, operand)

    def squared_terms(self, delta, operand):
        """||dq h^T||^2 = ||dq||^2 ||h||^2, how much one step adds to that gradient: ``(M, H), (N,) -> (M,)``."""
        return np.sum(delta**2, axis=1) * np.sum(operand**2)

    def input_gradient(self, slopes):
        """dL/dx_t = W_x^T da_t for all steps at once, ``(T, B, D)``."""
        da = slopes[0]
        G, T, B, H = da.shape
        return back_through(self.blocks_of(self.input_weight), da.reshape(G, T * B, H)).reshape(T, B, -1)

    def weight_gradients(self, run, slopes):
        """The gradient of every parameter, each one product of the whole sequence.

        dL/dW_x = sum_t da_t x_t^T,  dL/dW_h = sum_t dq_t h_{t-1}^T,  dL/db = sum_t da_t,
        with da and dq the gradients at the two products W_x x_t and W_h h_{t-1}.
        """
        da = slopes[0]
        pairs = zip(self.recurrent_deltas(slopes), self.recurrent_operands(run), strict=True)
        return {
            self.input_weight: np.concatenate([outer_sum(block, run.x) for block in da]),
            self.recurrent_weight: np.concatenate([self.recurrent_gradient(*pair) for pair in pairs]),
            self.bias: np.concatenate([total(block) for block in da]),
        }


def back_through(weights, d):
    """sum_k W_k^T d_k, the gradient at what the blocks multiply: ``(G, M, N), (G, B, M) -> (B, N)``."""
    return np.add.reduce(d @ weights, axis=0)


def outer_sum(left, right):
    """sum over time and batch of left_t right_t^T, as one matrix product: ``(T,B,M), (T,B,N) -> (M,N)``."""
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


def total(steps):
    """sum over time and batch, as a product with ones, which is faster: ``(T,B,N) -> (N,)``."""
    rows = steps.reshape(-1, steps.shape[-1])
    return np.ones(len(rows), rows.dtype) @ rows
