"""One training in PyTorch and in rnnlib, from the same start over the same batches: are the losses the same?

python tools/pytorch_training.py            compare, step by step
python tools/pytorch_training.py --save     and save PyTorch's losses for chapter 9
"""

import inspect
import sys

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlib.chapters.ch9_frameworks import experiments


def train_in_pytorch(state, W_o, b_o, batches, rate):
    """The loss of each step of a GRU with a readout, from the given weights."""
    (V, H), dtype = W_o.shape, torch.float64
    gru, readout = torch.nn.GRU(V, H, dtype=dtype), torch.nn.Linear(H, V, dtype=dtype)
    gru.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    readout.load_state_dict({"weight": torch.from_numpy(W_o), "bias": torch.from_numpy(b_o)})
    # the gates' second biases stay 0, so that one bias is trained and not two
    gru.bias_hh_l0.register_hook(lambda gradient: gradient * (torch.arange(3 * H) >= 2 * H))
    optimizer = torch.optim.Adam([*gru.parameters(), *readout.parameters()], lr=rate)
    losses = []
    for batch in batches:
        x, lengths = torch.from_numpy(batch.x).to(dtype), torch.from_numpy(batch.lengths)
        states, _ = pad_packed_sequence(gru(pack_padded_sequence(x, lengths, enforce_sorted=False))[0])
        padding = torch.arange(len(x))[:, None] >= lengths
        targets = torch.from_numpy(batch.targets).masked_fill(padding, -100)  # -100 is not counted
        loss = torch.nn.functional.cross_entropy(readout(states).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# what becomes of the function above when one line of it is another
CHANGES = {
    "same": {},
    "both biases trained": {"    gru.bias_hh_l0.register_hook": "    # gru.bias_hh_l0.register_hook"},
    "padding counted": {".masked_fill(padding, -100)": ""},
    "clipped by PyTorch": {
        "optimizer.step()": f"torch.nn.utils.clip_grad_norm_([*gru.parameters(), *readout.parameters()], "
        f"{experiments.CLIP}); optimizer.step()"
    },
    "float32": {"torch.float64": "torch.float32"},
}


def changed(changes):
    """``train_in_pytorch`` with pieces of its text replaced."""
    text, names = inspect.getsource(train_in_pytorch), dict(globals())
    for piece, other in changes.items():
        if piece not in text:
            raise ValueError(f"changes: expected pieces of train_in_pytorch, got {piece!r}")
        text = text.replace(piece, other)
    exec(text, names)
    return names["train_in_pytorch"]


def train_all():
    """The losses of PyTorch for each of CHANGES, ``(STEPS,)`` each."""
    arguments = (*experiments.start(), experiments.batches(), experiments.RATE)
    return {name: np.array(changed(changes)(*arguments)) for name, changes in CHANGES.items()}


def main():
    found = train_all()
    here = {"rnnlib": experiments.train_here(), "rnnlib, clipped": experiments.train_here(experiments.CLIP)}
    print("step  PyTorch       rnnlib        difference")
    for k, (theirs, ours) in enumerate(zip(found["same"], here["rnnlib"], strict=True)):
        print(f"{k + 1:4}  {theirs:.10f}  {ours:.10f}  {abs(theirs - ours):.1e}")
    for name, theirs in found.items():
        print(f"{name:22} largest difference of a loss {np.abs(theirs - here[experiments.ours(name)]).max():.1e}")
    if "--save" in sys.argv:
        experiments.LOSSES.parent.mkdir(exist_ok=True)
        np.savez_compressed(experiments.LOSSES, **found, **here)


if __name__ == "__main__":
    main()
