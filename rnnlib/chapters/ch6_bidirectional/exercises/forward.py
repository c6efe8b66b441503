"""Both directions over a sequence."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import unroll
from rnnlib.wrappers import Bidirectional


class BidirectionalForward(FunctionExercise):
    """Write the bidirectional RNN: x (T, B, D) and two dicts of parameters (W_x, W_s, b_s) to [h_forward, h_backward].

    Both start from 0, with tanh. The result has the shape (T, B, 2H).
    """

    number = "6.3"
    title = "Both directions"
    difficulty = 2
    returns = ("h",)
    praise = "Two runs of the same function, one over x and one over x reversed, and the second reversed back."
    hints = (
        "Write a helper that runs one plain RNN over x and returns all states (T, B, H).",
        "The backward network runs over x[::-1]. In which order are its states then?",
        "Turn the backward states round again, and lay both end to end with np.concatenate(..., axis=-1).",
    )

    @staticmethod
    def answer(x, forward, backward):
        def run(x, params):
            h, states = np.zeros((x.shape[1], len(params["b_s"]))), []
            for x_t in x:
                h = np.tanh(x_t @ params["W_x"].T + h @ params["W_s"].T + params["b_s"])
                states.append(h)
            return np.stack(states)

        h_forward, h_backward = run(x, forward), run(x[::-1], backward)[::-1]
        return np.concatenate((h_forward, h_backward), axis=-1)

    mistakes = (
        Slip(
            {"backward)[::-1]": "backward)"},
            "The backward states are in the order in which they were made. At step t the output needs the "
            "backward state of step t: turn them round again.",
        ),
        Slip(
            {"run(x[::-1], backward)": "run(x[::-1], forward)"},
            "The backward half uses the forward weights. It is a network of its own: see what the notes say and the "
            "numbers say about it.",
        ),
        Slip(
            {"run(x, forward)": "run(x, backward)"},
            "The forward half uses the backward weights. Each direction is a network of its own.",
        ),
        Slip(
            {"run(x, forward), run(x[::-1], backward)": "run(x, backward), run(x[::-1], forward)"},
            "The two directions have changed their weights: each uses those of the other.",
        ),
        Slip(
            {"run(x[::-1], backward)[::-1]": "run(x, backward)"},
            "Both halves read from left to right. The backward one starts at the last step.",
        ),
        Slip(
            {"run(x[::-1], backward)[::-1]": "run(x, backward)[::-1]"},
            "The backward half reads from left to right, and its states are reversed afterwards. It has to read "
            "from right to left: turn its input round as well.",
        ),
        Slip(
            {"(h_forward, h_backward)": "(h_backward, h_forward)"},
            "The halves are in the other order: the forward states come first.",
        ),
        Slip(
            {
                "(x, params)": "(x, params, h)",
                'h, states = np.zeros((x.shape[1], len(params["b_s"]))), []': "states = []",
                "run(x, forward), run": 'run(x, forward, 0 * x[0] @ forward["W_x"].T), run',
                "backward)[::-1]": 'backward, run(x, forward, 0 * x[0] @ forward["W_x"].T)[-1])[::-1]',
            },
            "The backward network starts with the last forward state. It knows nothing of the forward one: it "
            "starts from 0.",
        ),
        Slip(
            {"np.concatenate((h_forward, h_backward), axis=-1)": "h_forward + h_backward"},
            "The two states are added. They are laid end to end, so that the output can weigh each by itself.",
        ),
        Slip(
            {"axis=-1": "axis=0"},
            "The two halves are laid one after the other in time, (2T, B, H). They belong to the same steps: lay them "
            "side by side, along the last axis.",
        ),
        Slip(
            {"np.concatenate((h_forward, h_backward), axis=-1)": "np.stack((h_forward, h_backward))"},
            "Both halves are there, with an axis of their own. np.concatenate lays them end to end in the last axis.",
        ),
        Slip(
            {"h_forward, h_backward), axis=-1": "h_forward, h_backward[0] + 0 * h_forward), axis=-1"},
            "Every step has the backward state of step 1. Each step has a backward state of its own.",
        ),
        Slip(
            {"h @ params": "0 * h @ params"},
            "The memory plays no part: each step is computed from its input alone.",
        ),
        Slip({' + params["b_s"])': ")"}, "The biases b_s are missing, in both directions."),
        Slip(
            {'params["W_s"].T': 'params["W_s"]'},
            "The recurrent matrix should be transposed, or should not be. It is square, so no shape complains: with "
            "rows, W h of the formula is h @ W.T.",
        ),
        Slip(
            {"x[::-1]": "x[:, :, ::-1]", "backward)[::-1]": "backward)"},
            "The features were reversed, not the steps. Time is the first axis of x.",
        ),
        Slip(
            {"return np.stack(states)": "return np.stack([np.zeros_like(h), *states[:-1]])"},
            "The states are one step late: each direction begins with its zeros. A state is put down after its input "
            "has been read.",
        ),
    )

    def draw(self, rng):
        T, B, D, H = sizes(rng, 4)
        shapes = {"W_x": (H, D), "W_s": (H, H), "b_s": (H,)}

        def params():
            return {name: rng.normal(size=shape) for name, shape in shapes.items()}

        return {"x": rng.normal(size=(T, B, D)), "forward": params(), "backward": params()}

    def reference(self, x, forward, backward):
        return unroll(Bidirectional(Elman.from_params(forward), Elman.from_params(backward)), x).outputs


bidirectional_forward = BidirectionalForward()
