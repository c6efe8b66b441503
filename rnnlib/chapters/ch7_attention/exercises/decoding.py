"""What a decoder reads, in training and when it runs free."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.judging.budget import CALLS, OverBudget
from rnnlib.judging.learner import new_rng, same
from rnnlib.sampling import free_run, one_hot_inputs


class DecoderInputs(FunctionExercise):
    """With teacher forcing: the inputs (T, B, O) of a decoder that should write the symbols targets (T, B).

    The first input is a step of zeros; each later one is the true symbol of the step before, one-hot over O symbols.
    """

    number = "7.1"
    title = "What the decoder reads in training"
    difficulty = 1
    returns = ("inputs",)
    praise = "Each true symbol comes one step late; the last one is read by nobody."
    hints = (
        "Begin with np.zeros((T, B, O)).",
        "The symbol targets[t, b] belongs to the input of step t + 1. np.eye(O)[symbols] makes one-hot vectors.",
        "inputs[1:] = np.eye(O)[targets[:-1]]",
    )

    @staticmethod
    def answer(targets, O):
        inputs = np.zeros((*targets.shape, O))
        inputs[1:] = np.eye(O)[targets[:-1]]
        return inputs

    mistakes = (
        Slip(
            {"inputs[1:] = np.eye(O)[targets[:-1]]": "inputs = np.eye(O)[targets]"},
            "At each step the decoder is given the very symbol it should write. Such a network learns to copy its "
            "input, and has nothing to copy when it runs free. The symbols have to come one step late.",
        ),
        Slip(
            {"inputs[1:] = np.eye(O)[targets[:-1]]": "inputs[:-1] = np.eye(O)[targets[1:]]"},
            "The symbols are shifted the wrong way: step t is given the symbol of step t + 1, which it will only "
            "write later.",
        ),
        Slip(
            {"inputs[1:] = np.eye(O)[targets[:-1]]": "inputs = np.eye(O)[np.roll(targets, 1, axis=0)]"},
            "The last symbol has come to the front, as np.roll does it. The decoder must not see the end before it "
            "begins: the first input is a step of zeros.",
        ),
        Slip(
            {"return inputs": "inputs[0, :, 0] = 1\n    return inputs"},
            "The first input is the symbol 0 as a one-hot vector. Nothing was written yet: it is a step of zeros.",
        ),
        Slip(
            {"return inputs": "inputs[0] = np.eye(O)[targets[0]]\n    return inputs"},
            "The first input is the first true symbol: the decoder is told how to begin, and then it is told again. It "
            "is a step of zeros.",
        ),
        Slip(
            {"return inputs": "return np.concatenate((inputs, np.eye(O)[targets[-1:]]))"},
            "There is one step too many. The decoder writes T symbols, so it takes T steps; the last true symbol is "
            "read by nobody.",
        ),
        Slip(
            {"return inputs": "return inputs[1:]"},
            "One step is missing, the first. Before anything is written the decoder reads a step of zeros.",
        ),
        Slip(
            {"return inputs": "return inputs.argmax(axis=-1)"},
            "These are the numbers of the symbols. The decoder reads one-hot vectors of length O.",
        ),
        Slip(
            {"inputs[1:] = np.eye(O)[targets[:-1]]": "inputs[:, 1:] = np.eye(O)[targets[:, :-1]]"},
            "The symbols are shifted along the batch: each sequence reads what another one writes. Time is the first "
            "axis.",
        ),
    )

    def draw(self, rng):
        T, B, O = sizes(rng, 3, least=3)
        return {"targets": rng.integers(O - 1, size=(T, B)), "O": O}

    def reference(self, targets, O):
        return one_hot_inputs(targets[:-1], Elman(O, 1, rng=np.random.default_rng(0)))


class SmallDecoder:
    """A decoder for one sequence: ``logits, state = step(symbol, state)``; the symbol None is a step of zeros.

    Two with the same weights are equal. A copy, which is what a learner gets, can be called CALLS times.
    """

    def __init__(self, W_x, W_s, W_o, calls=np.inf):
        self.W_x, self.W_s, self.W_o, self.calls = W_x, W_s, W_o, calls

    def __call__(self, symbol, state):
        """One step: the logits ``(O,)`` and the next state ``(H,)``. Raises :class:`OverBudget` after `calls`."""
        self.calls -= 1
        if self.calls < 0:
            raise OverBudget(
                f"Your function has called step {CALLS} times and goes on. Where the end symbol never comes, longest "
                "has to end the loop."
            )
        x = np.zeros(self.W_x.shape[1]) if symbol is None else np.eye(self.W_x.shape[1])[symbol]
        state = np.tanh(self.W_x @ x + self.W_s @ state)
        return self.W_o @ state, state

    @property
    def weights(self):
        """Its three matrices."""
        return self.W_x, self.W_s, self.W_o

    def __deepcopy__(self, memo):
        return SmallDecoder(self.W_x, self.W_s, self.W_o, CALLS)

    def __eq__(self, other):
        return isinstance(other, SmallDecoder) and same(self.weights, other.weights)

    __hash__ = None


class GreedyDecoding(FunctionExercise):
    """Let a decoder run free: the list of the symbols it writes before the end symbol, at most longest of them.

    step(symbol, state) returns the logits (O,) and the next state; before the first step symbol is None. At each step
    take the symbol with the largest logit.
    """

    number = "7.2"
    title = "Greedy decoding"
    difficulty = 2
    returns = ("symbols",)
    praise = "It reads what it wrote, until it says that it is done."
    hints = (
        "A loop of at most longest steps; keep symbol and state from one step to the next.",
        "logits, state = step(symbol, state), then symbol = logits.argmax(). The symbol goes into the next step.",
        "If the symbol is end, leave the loop before it is appended.",
    )

    @staticmethod
    def answer(step, state, end, longest):
        symbols, symbol = [], None
        for _ in range(longest):
            logits, state = step(symbol, state)
            symbol = int(logits.argmax())
            if symbol == end:
                break
            symbols.append(symbol)
        return symbols

    mistakes = (
        Slip(
            {
                "if symbol == end:": "symbols.append(symbol)\n        if symbol == end:",
                "    symbols.append(symbol)": "",
            },
            "The end symbol is in your list. It is a sign to stop, not a part of what was written.",
        ),
        Slip(
            {"symbol == end": "False"},
            "Your decoder goes on behind the end symbol until the longest length. Leave the loop when the end symbol "
            "comes.",
        ),
        Slip(
            {"break": "continue"},
            "The end symbol is left out of the list, and then your decoder goes on. What comes after the end is "
            "nothing: leave the loop.",
        ),
        Slip(
            {"step(symbol, state)": "step(None, state)"},
            "Every step gets the symbol None. The decoder has to read the symbol that it wrote last.",
        ),
        Slip(
            {"step(symbol, state)": "step(symbols[0] if symbols else None, state)"},
            "Every step reads the first symbol that was written. It has to read the last one.",
        ),
        Slip(
            {"logits, state = step": "logits, _ = step"},
            "Every step starts from the first state. Take the state that step returns on to the next step.",
        ),
        Slip(
            {"symbols, symbol = [], None": "symbols, symbol = [], 0"},
            "The first step reads the symbol 0. Nothing was written yet: before the first step the symbol is None.",
        ),
        Slip(
            {"symbols, symbol = [], None": "symbols, symbol, state = [], None, 0 * state"},
            "The first step starts from a state of zeros. It starts from the state that was handed in, which knows "
            "what was read.",
        ),
        Slip(
            {"argmax": "argmin"},
            "You take the symbol with the smallest logit. The largest is the most probable.",
        ),
        Slip(
            {"range(longest)": "range(longest - 1)"},
            "Your decoder stops one step early where no end symbol comes: longest symbols may be written.",
        ),
    )

    def draw(self, rng):
        O, H, longest = (int(rng.integers(*bounds)) for bounds in ((5, 8), (6, 10), (8, 12)))
        weights = rng.normal(size=(H, O)), 2 * rng.normal(size=(H, H)), rng.normal(size=(O, H))
        return {"step": SmallDecoder(*weights), "state": 2 * rng.normal(size=H), "end": O, "longest": longest}

    def cases(self, seed=None):
        """Two in which the end symbol comes in the middle, and two in which it never comes."""
        rng, ended, endless = new_rng(seed), [], []
        while len(ended) < 2 or len(endless) < 2:
            case = self.draw(rng)  # without an end
            if any(same(case[name], other[name]) for other in ended + endless for name in ("longest", "state")):
                continue
            written = self.answer(**case)
            if written[:4] == self.answer(**case | {"state": 0.9 * case["state"] + 0.05})[:4]:
                continue  # the state would have no part in it
            seen = list(dict.fromkeys(written))
            never = set(range(case["end"])).difference(seen)
            used = [other["end"] for other in ended + endless]
            if len(seen) > 3 and len(ended) < 2 and seen[3] not in used:
                ended.append(case | {"end": seen[3]})
            elif never.difference(used) and len(endless) < 2:
                endless.append(case | {"end": min(never.difference(used))})
        return ended + endless

    def reference(self, step, state, end, longest):
        cell = Elman.from_params({"W_x": step.W_x, "W_s": step.W_s, "b_s": np.zeros(len(state))})
        symbols, lengths = free_run(
            cell,
            lambda hidden: hidden @ step.W_o.T,
            lambda logits: logits.argmax(axis=-1),
            one_hot_inputs(np.zeros((0, 1), dtype=int), cell),
            steps=longest,
            state=np.asarray(state, dtype=float)[None],
            end=end,
        )
        written = symbols[: lengths[0], 0]
        return written[written != end]


decoder_inputs = DecoderInputs()
greedy_decoding = GreedyDecoding()
