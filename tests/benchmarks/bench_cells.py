"""How long a training step takes, as ratios within one run: python tests/benchmarks/bench_cells.py

Forward, and forward and backward, of an Elman network, an LSTM and a GRU on one BLAS thread, beside the bare
matrix products, HIPS autograd and, where it is installed, PyTorch on the CPU. The contestants take turns and the
best time of each counts, in processor time of this thread, so that other work on the machine disturbs little.
"""

import argparse
import gc
import os
import time
import tracemalloc

# one thread for BLAS, before NumPy is loaded
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")

import autograd
import autograd.numpy as anp
import numpy as np

import rnnlib
from rnnlib import bptt, unroll

try:
    import torch
except ImportError:
    torch = None

SIZES = [(50, 1, 8, 16), (50, 16, 8, 32), (100, 32, 32, 64), (100, 32, 64, 128), (200, 64, 64, 256), (1000, 1, 8, 32)]
KINDS = {"RNN": rnnlib.Elman, "LSTM": rnnlib.LSTM, "GRU": rnnlib.GRUResetAfter}
STEPS = (100, 316, 1000, 3162, 10_000)


def best_times(contestants, seconds):
    """The best time of each, in seconds; they take turns for about this many seconds, three turns at least."""
    best, turns, start = dict.fromkeys(contestants, np.inf), 0, time.perf_counter()
    while turns < 3 or (time.perf_counter() - start < seconds and turns < 200):
        for name, run in contestants.items():
            begin = time.thread_time()
            run()
            best[name] = min(best[name], time.thread_time() - begin)
        turns += 1
    return best


def matrix_products(network, x, d_outputs):
    """The products of a training step and nothing else: those of one step at a time, and those of all at once."""
    W_x, W_h = network.params[network.input_weight], network.params[network.recurrent_weight]
    W_hT, rows = np.ascontiguousarray(W_h.T), len(W_h)
    h, delta = d_outputs, np.ones((*x.shape[:2], rows), x.dtype)
    flat = delta.reshape(-1, rows)

    def forward():
        x @ W_x.T
        for h_t in h:
            h_t @ W_hT

    def forward_and_backward():
        forward()
        for delta_t in delta:
            delta_t @ W_h
        delta @ W_x
        flat.T @ x.reshape(len(flat), -1)
        flat.T @ h.reshape(len(flat), -1)

    return forward, forward_and_backward


def torch_steps(kind, network, x, d_outputs):
    """The same network in PyTorch."""
    module = getattr(torch.nn, kind)(network.input_size, network.state_size, dtype=torch.from_numpy(x).dtype)
    module.load_state_dict({name: torch.from_numpy(w) for name, w in rnnlib.interop.to_torch(network).items()})
    inputs, d_outputs = torch.from_numpy(x).requires_grad_(), torch.from_numpy(d_outputs)

    def forward():
        with torch.no_grad():
            return module(inputs)[0]

    def forward_and_backward():
        module.zero_grad()
        inputs.grad = None
        module(inputs)[0].backward(d_outputs)

    difference = np.abs(forward().numpy() - unroll(network, x).outputs).max()
    assert difference < 1e-3 if x.dtype == np.float32 else difference < 1e-10
    return forward, forward_and_backward


def autograd_step(kind, network, x, d_outputs):
    """Forward and backward of the formulas as one writes them with autograd, the blocks stacked."""
    H, steps = network.state_size, len(x)

    def sigmoid(z):
        return 0.5 * (anp.tanh(0.5 * z) + 1)

    def loss(params, x):
        W_x, W_h, b, *rest = params
        h = c = np.zeros((x.shape[1], H))
        total, projected = 0.0, anp.dot(x, W_x.T) + b
        for t in range(steps):
            a, q = projected[t], anp.dot(h, W_h.T)
            if kind == "RNN":
                h = anp.tanh(a + q)
            elif kind == "LSTM":
                z = a + q
                i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H : 2 * H]), sigmoid(z[:, 3 * H :])
                c = f * c + i * anp.tanh(z[:, 2 * H : 3 * H])
                h = o * anp.tanh(c)
            else:
                r, u = sigmoid(a[:, :H] + q[:, :H]), sigmoid(a[:, H : 2 * H] + q[:, H : 2 * H])
                n = anp.tanh(a[:, 2 * H :] + r * (q[:, 2 * H :] + rest[0]))
                h = u * h + (1 - u) * n
            total = total + anp.sum(h * d_outputs[t])
        return total

    gradient = autograd.grad(lambda both: loss(*both))
    params = list(network.params.values())
    ours = bptt(unroll(network, x), d_outputs)
    theirs = gradient((params, x))
    assert rnnlib.relative_error(ours.x, theirs[1]) < 1e-10
    return lambda: gradient((params, x))


def compare(kind, size, dtype, seconds):
    """The times of one cell at one size: of the forward pass, and of forward and backward."""
    T, B, D, H = size
    rng = np.random.default_rng(0)
    network = KINDS[kind](D, H, rng=rng, dtype=dtype)
    x, d_outputs = (rng.normal(size=(T, B, n)).astype(dtype) for n in (D, H))
    forward = {"rnnlib": lambda: unroll(network, x)}
    both = {"rnnlib": lambda: bptt(unroll(network, x), d_outputs)}
    forward["products"], both["products"] = matrix_products(network, x, d_outputs)
    if torch:
        forward["torch"], both["torch"] = torch_steps(kind, network, x, d_outputs)
    if dtype is np.float64:
        both["autograd"] = autograd_step(kind, network, x, d_outputs)
    gc.disable()
    try:
        return best_times(forward, seconds), best_times(both, seconds)
    finally:
        gc.enable()


def ratio(times, name):
    """How many times longer rnnlib takes than another, as text."""
    return f"{times['rnnlib'] / times[name]:10.2f}" if name in times else " " * 9 + "-"


def print_table(sizes, seconds):
    """A line for each size, cell and type."""
    print("One training step. x: the time of rnnlib divided by that of the other, below 1 where rnnlib is faster.")
    print("products: the share of the time that the bare matrix products would take.\n")
    if torch is None:
        print("torch is not installed: its columns stay empty\n")
    print(f"{'(T, B, D, H)':20} {'type':8}{'cell':5}{'forward':>10}{'x torch':>10}", end="")
    print(f"{'+backward':>12}{'x torch':>10}{'x autograd':>11}{'products':>10}")
    for size in sizes:
        for dtype in (np.float64, np.float32):
            for kind in KINDS:
                forward, both = compare(kind, size, dtype, seconds)
                print(f"{size!s:20} {np.dtype(dtype).name:8}{kind:5}", end="")
                print(f"{1e3 * forward['rnnlib']:7.2f} ms{ratio(forward, 'torch')}", end="")
                print(f"{1e3 * both['rnnlib']:9.2f} ms{ratio(both, 'torch')} {ratio(both, 'autograd')}", end="")
                print(f"{both['products'] / both['rnnlib']:10.0%}", flush=True)


def print_growth(seconds):
    """How time and peak memory of forward and backward grow with T: the exponents of T, 1 where they are linear.

    Memory grows a little slower than T: the way back holds its deltas for one block of steps at a time.
    """
    print(f"\nGrowth from T = {STEPS[0]} to {STEPS[-1]} at (B, D, H) = (4, 8, 32), as a power of T:")
    for kind, cell in KINDS.items():
        rng = np.random.default_rng(0)
        network, runs, peaks = cell(8, 32, rng=rng), {}, []
        for T in STEPS:
            x, d_outputs = rng.normal(size=(T, 4, 8)), rng.normal(size=(T, 4, 32))
            runs[T] = lambda n=network, x=x, d_outputs=d_outputs: bptt(unroll(n, x), d_outputs)
            runs[T]()
            tracemalloc.start()
            runs[T]()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        times = list(best_times(runs, seconds).values())
        slopes = [np.polyfit(np.log(STEPS), np.log(values), 1)[0] for values in (times, peaks)]
        print(f"{kind:5} time T^{slopes[0]:.3f}   memory T^{slopes[1]:.3f}   ", end="")
        print(f"{1e6 * times[-1] / STEPS[-1]:.1f} us and {peaks[-1] / STEPS[-1] / 1024:.1f} KB a step")


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="for each line and pass; more makes steadier numbers"
    )
    parser.add_argument("--size", type=int, action="append", help="only this line of the six sizes, 0 to 5")
    arguments = parser.parse_args()
    if torch:
        torch.set_num_threads(1)
    print_table([SIZES[k] for k in arguments.size] if arguments.size else SIZES, arguments.seconds)
    print_growth(arguments.seconds)


if __name__ == "__main__":
    main()
