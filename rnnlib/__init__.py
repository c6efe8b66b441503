"""rnnlib: recurrent neural networks in plain NumPy, written to be read.

Arrays are time-major, ``(T, B, D)``: steps, batch, size. Weights have the shape of the formula, ``(out, in)``.
"""

from . import gradient_flow, interop, tasks
from .activations import get_activation, sigmoid, softmax
from .attention import AdditiveAttention, DotAttention, attend, attend_back
from .cells import LSTM, Cell, Elman, GRUResetAfter, GRUResetBefore, IndRNN, Jordan, PeepholeLSTM
from .checks import NotFiniteError
from .delta_rule import DeltaRule, delta_step
from .gradcheck import directional_error, numerical_gradient, relative_error
from .initializers import identity, orthogonal, scaled_normal
from .losses import softmax_cross_entropy, squared_error
from .mingru import MinGRU, scan
from .model import Batch, Model
from .optimizers import SGD, Adam, clip_by_norm, clip_by_value, global_norm
from .sampling import free_run, generate, sample
from .seq2seq import Pairs, Seq2Seq
from .tdnn import TDNN
from .training import History, Stopped, stream, train
from .truncation import truncated_bptt
from .unroll import Gradients, Network, NetworkRun, Run, bptt, unroll
from .wrappers import Bidirectional, Stacked

__version__ = "0.1.0"

__all__ = [
    "LSTM",
    "SGD",
    "TDNN",
    "Adam",
    "AdditiveAttention",
    "Batch",
    "Bidirectional",
    "Cell",
    "DeltaRule",
    "DotAttention",
    "Elman",
    "GRUResetAfter",
    "GRUResetBefore",
    "Gradients",
    "History",
    "IndRNN",
    "Jordan",
    "MinGRU",
    "Model",
    "Network",
    "NetworkRun",
    "NotFiniteError",
    "Pairs",
    "PeepholeLSTM",
    "Run",
    "Seq2Seq",
    "Stacked",
    "Stopped",
    "attend",
    "attend_back",
    "bptt",
    "clip_by_norm",
    "clip_by_value",
    "delta_step",
    "directional_error",
    "free_run",
    "generate",
    "get_activation",
    "global_norm",
    "gradient_flow",
    "identity",
    "interop",
    "numerical_gradient",
    "orthogonal",
    "relative_error",
    "sample",
    "scaled_normal",
    "scan",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "squared_error",
    "stream",
    "tasks",
    "train",
    "truncated_bptt",
    "unroll",
]
