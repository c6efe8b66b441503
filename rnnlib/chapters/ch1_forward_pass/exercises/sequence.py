"""The network unrolled over a sequence."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Mistake, Slip, sizes
from rnnlib.unroll import unroll


class Unrolled(FunctionExercise):
    """Run an Elman network over a whole sequence x (T, B, D) from the state S_0 (B, H): all states (T, B, H)."""

    number = "1.3"
    title = "The network unrolled over a sequence"
    difficulty = 2
    returns = ("S_1, ..., S_T",)
    praise = "One network, used at every step: the weights did not change, the state did."
    hints = (
        "Go through x step by step. What one step makes, the next step needs.",
        "Looping over x gives one x_t of shape (B, D) at a time. Keep the state in a variable that is overwritten.",
        "Collect the states in a list; np.stack(list) makes an array (T, B, H) of it. S_0 does not belong to it.",
    )

    @staticmethod
    def answer(x, S_0, W_x, W_s, b_s):
        S, states = S_0, []
        for x_t in x:
            S = np.tanh(x_t @ W_x.T + S @ W_s.T + b_s)
            states.append(S)
        return np.stack(states)

    mistakes = (
        Slip(
            {"in x:": "in x[1:]:", "[]": "[S_0]"},
            "The first state of yours is S_0 itself, and the first input is never read. S_1 comes from S_0 and x[0].",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: Unrolled.answer(x, np.zeros_like(S_0), W_x, W_s, b_s),
            "The run starts from zeros. The state before the first step is an argument, S_0: a sequence may go on "
            "where another run has stopped. (An array of zeros S with S[t - 1] at t = 0 does the same: the index -1 is "
            "its last row, still zeros.)",
        ),
        Slip(
            {"S @ W_s.T": "S_0 @ W_s.T"},
            "Every step starts from S_0: the new state is not handed on to the next step. Under “One network, used at "
            "every step” the picture has an arrow from each state to the next.",
        ),
        Slip(
            {"[]": "[S_0]", "np.stack(states)": "np.stack(states[:-1])"},
            "The states are one step late: yours begin with S_0 and end with S_{T-1}. Append the state after the "
            "step, not before it.",
        ),
        Slip(
            {"[]": "[S_0]"},
            "All the states are there, and S_0 before them. Return only what the T steps have made: S_1 to S_T.",
        ),
        Slip(
            {"np.stack(states)": "np.stack(states, axis=1)"},
            "The numbers are right, the axes are not: yours are (B, T, H). Arrays are time-major here, (T, B, H).",
        ),
        Slip(
            {"np.stack(states)": "S"},
            "This is the last state alone. The exercise asks for the state after every step; keep them as you go.",
        ),
        Slip(
            {"in x:": "in x[:-1]:"},
            "The last step is missing: range(len(x)) already ends before len(x), so nothing need be taken off.",
        ),
        Slip(
            {"np.stack(states)": "states[0]"},
            "This is S_1 alone: the function returns from inside the loop, at its first round. Move return to the "
            "left.",
        ),
        Slip(
            {"in x:": "in np.roll(x, 1, axis=0):"},
            "The inputs are one step late: step t reads x[t - 1], and the first step reads the last input. Input and "
            "state of a step belong together; only the memory is one step older.",
        ),
        Slip(
            {" + S @ W_s.T": ""},
            "The memory plays no part: all steps are computed at once from their inputs. Step t needs the state of "
            "step t-1, so the loop cannot be left out.",
        ),
        Slip(
            {"in x:": "in x[::-1]:", "np.stack(states)": "np.stack(states[::-1])"},
            "The sequence is read from its end. That is the backward half of a bidirectional network (chapter 6); "
            "here step 1 comes first.",
        ),
        Slip(
            {"W_s.T": "W_s"},
            "The recurrent matrix should be transposed, or should not be. It is square, so no shape complains. "
            "Compare your line with that of the RNN step.",
        ),
        Slip(
            {"S @ W_s.T": "S_0 @ W_s.T", "np.stack(states)": "np.cumsum(states, axis=0)"},
            "The states are added up over the steps. A state replaces the one before; the past enters only through "
            "W_s S_{t-1}, inside the tanh.",
        ),
        Slip(
            {"S = np.tanh(": "S = S + np.tanh("},
            "Each step adds to the old state. A state replaces the one before; the past enters only through "
            "W_s S_{t-1}, inside the tanh.",
        ),
        Slip({" + b_s": ""}, "The bias b_s is missing: it is added at every step, before the tanh."),
        Slip({"np.tanh": ""}, "The activation is missing: every state is the tanh of its sum."),
        Slip(
            {"np.stack(states)": "np.concatenate(states)"},
            "The numbers are right, and the steps are laid end to end, (T B, H). np.stack keeps an axis for time.",
        ),
        Slip(
            {"np.stack(states)": "np.stack([S for _ in states])"},
            "Every step holds the last state. If one array is written into at each step, the list holds the same array "
            "T times: make a new one at each step.",
        ),
    )

    def draw(self, rng):
        T, B, D, H = sizes(rng, 4)
        return {
            "x": rng.normal(size=(T, B, D)),
            "S_0": rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "b_s": rng.normal(size=H) / 2,
        }

    def reference(self, x, S_0, W_x, W_s, b_s):
        return unroll(Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s}), x, S_0).outputs


unrolled = Unrolled()
