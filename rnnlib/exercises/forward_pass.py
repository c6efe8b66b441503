"""Exercises of chapter 1: the RNN forward pass."""

import numpy as np

from ..activations import softmax
from ..cells import Elman, Jordan
from ..unroll import unroll
from .base import FunctionExercise, Mistake, PencilExercise


class AllOnes(PencilExercise):
    """Run the all-ones network by hand over the inputs (2, 0), (1, 1), (0, 3): one entry of S_2, S_3 and O_3."""

    title = "The all-ones network by hand"
    difficulty = 1
    names = ("S_2", "S_3", "O_3")
    praise = "The memory carries the past, and every passage through it doubles what it holds."
    hints = (
        "Both hidden units always have the same value, since all weights are equal. So one number a state is enough.",
        "Each hidden unit adds four numbers: the two of the input and the two of the memory.",
        "The memory holds the whole state of the step before: two numbers. S_1 is 2, so at step 2 the memory adds 4.",
    )

    @staticmethod
    def answer():
        S_1 = (2 + 0) + (0 + 0)
        S_2 = (1 + 1) + (S_1 + S_1)
        S_3 = (0 + 3) + (S_2 + S_2)
        return S_2, S_3, S_3 + S_3

    def reference(self):
        ones = {"W_x": np.ones((2, 2)), "W_s": np.ones((2, 2)), "b_s": np.zeros(2)}
        x = np.array([(2.0, 0.0), (1.0, 1.0), (0.0, 3.0)])
        states = unroll(Elman.from_params(ones, activation="linear"), x[:, None]).outputs[:, 0]
        return states[1, 0], states[2, 0], states[2].sum()

    mistakes = (
        Mistake(
            lambda: (2, 3, 6),
            "The memory was left out: these are the sums of the inputs alone, as in a network without memory. Each "
            "hidden unit also adds the two numbers in the memory, which hold the state of the step before.",
        ),
        Mistake(
            lambda: (4, 7, 14),
            "The memory went in only once. It holds two numbers, one for each hidden unit, and a hidden unit is "
            "connected to both. Count the arrows into one hidden unit in the stepper.",
        ),
        Mistake(
            lambda: (6, 7, 14),
            "At step 3 the memory still holds S_1. It is overwritten after every step: at step 3 it holds S_2. In the "
            "stepper this is the dashed copy.",
        ),
        Mistake(
            lambda: (6, 15, 15),
            "The states are right. The output adds both hidden units; only one of them went in.",
        ),
        Mistake(
            lambda: (10, 43, 86),
            "The outputs went into the memory, as in a Jordan network. Here the memory is a copy of the state. See "
            "the picture of the two networks under “A memory”.",
        ),
        Mistake(
            lambda: (8, 18, 36),
            "The inputs were read in the reverse order: this is right for (0, 3), (1, 1), (2, 0). The order matters.",
        ),
        Mistake(
            lambda: (8, 19, 38),
            "At step 1 the memory holds zeros. Yours seems to have held the first input, or ones, at the start.",
        ),
    )


class RNNStep(FunctionExercise):
    """Write one step of an Elman network, for a whole batch at once."""

    title = "One step of the RNN"
    difficulty = 1
    returns = ("S_t",)
    praise = "The same line serves every time step, every sequence of the batch and every size."
    hints = (
        "Three things are added before the tanh: one from the input, one from the memory, and a bias.",
        "Rows are sequences: x_t has the shape (B, D) and W_x the shape (H, D). Which product gives (B, H)?",
        "With row vectors the product W x of the formula is written x @ W.T in code.",
    )

    @staticmethod
    def answer(x_t, S_previous, W_x, W_s, b_s):
        return np.tanh(x_t @ W_x.T + S_previous @ W_s.T + b_s)

    mistakes = (
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + b_s),
            "The memory plays no part: S_previous is not used, so the answer to a word is the same whatever came "
            "before it. See the formula of S_t under “The formula”.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + S_previous @ W_s.T),
            "The bias b_s is missing. It is added before the tanh, once for each hidden unit.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: x_t @ W_x.T + S_previous @ W_s.T + b_s,
            "This is the sum before the activation. The state is f of it, and f is tanh here.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + S_previous @ W_s + b_s),
            "The recurrent matrix stands the wrong way round: S @ W_s multiplies by the transpose of what the formula "
            "says. W_s is square, so no shape complains. Treat it as you treated W_x.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + b_s) + S_previous @ W_s.T,
            "The memory is added after the tanh. It belongs inside: input and memory are weighed together, and then "
            "squashed.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + S_previous + b_s),
            "The memory goes in without its weights. In the formula W_s stands before S_{t-1}.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + b_s) + np.tanh(S_previous @ W_s.T),
            "Input and memory each go through a tanh of their own. There is one tanh, around the sum of all three.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: np.tanh(x_t @ W_x.T + S_previous @ W_s.T) + b_s,
            "The bias is added after the tanh. It belongs inside, with the two products.",
        ),
        Mistake(
            lambda x_t, S_previous, W_x, W_s, b_s: 1 / (1 + np.exp(-(x_t @ W_x.T + S_previous @ W_s.T + b_s))),
            "The sum is right, the activation is not: this is the sigmoid, which lies between 0 and 1. Here f is tanh.",
        ),
    )

    def draw(self, rng):
        B, D, H = 3, 4, 5
        return {
            "x_t": rng.normal(size=(B, D)),
            "S_previous": rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "b_s": rng.normal(size=H),
        }

    def reference(self, x_t, S_previous, W_x, W_s, b_s):
        cell = Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s})
        return unroll(cell, x_t[None], S_previous).final_state[0]


def all_states(x, S_0, W_x, W_s, b_s):
    """S_0, S_1, ..., S_T as a list, for the mistakes below."""
    states = [S_0]
    for x_t in x:
        states.append(np.tanh(x_t @ W_x.T + states[-1] @ W_s.T + b_s))
    return states


class Unrolled(FunctionExercise):
    """Run an Elman network over a whole sequence x (T, B, D) from the state S_0 (B, H): all states (T, B, H)."""

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
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.tanh(x @ W_x.T + S_0 @ W_s.T + b_s),
            "Every step starts from S_0: the new state is not handed on to the next step. Under “One network, used at "
            "every step” the picture has an arrow from each state to the next.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, np.zeros_like(S_0), W_x, W_s, b_s)[1:]),
            "The run starts from zeros. The state before the first step is an argument, S_0: a sequence may go on "
            "where another run has stopped.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, S_0, W_x, W_s, b_s)[:-1]),
            "The states are one step late: yours begin with S_0 and end with S_{T-1}. Append the state after the "
            "step, not before it.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, S_0, W_x, W_s, b_s)),
            "All the states are there, and S_0 before them. Return only what the T steps have made: S_1 to S_T.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, S_0, W_x, W_s, b_s)[1:], axis=1),
            "The numbers are right, the axes are not: yours are (B, T, H). Arrays are time-major here, (T, B, H).",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: all_states(x, S_0, W_x, W_s, b_s)[-1],
            "This is the last state alone. The exercise asks for the state after every step; keep them as you go.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, S_0, W_x, W_s, b_s)[1:-1]),
            "The last step is missing: range(len(x)) already ends before len(x), so nothing need be taken off.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(np.roll(x, 1, axis=0), S_0, W_x, W_s, b_s)[1:]),
            "The inputs are one step late: step t reads x[t - 1], and the first step reads the last input. Input and "
            "state of a step belong together; only the memory is one step older.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.tanh(x @ W_x.T + b_s),
            "The memory plays no part: all steps are computed at once from their inputs. Step t needs the state of "
            "step t-1, so the loop cannot be left out.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x[::-1], S_0, W_x, W_s, b_s)[:0:-1]),
            "The sequence is read from its end. That is the backward half of a bidirectional network (chapter 6); "
            "here step 1 comes first.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.stack(all_states(x, S_0, W_x, W_s.T, b_s)[1:]),
            "The recurrent matrix stands the wrong way round. It is square, so no shape complains. Compare your line "
            "with that of the RNN step.",
        ),
        Mistake(
            lambda x, S_0, W_x, W_s, b_s: np.cumsum(np.tanh(x @ W_x.T + S_0 @ W_s.T + b_s), axis=0),
            "The states are added up over the steps. A state replaces the one before; the past enters only through "
            "W_s S_{t-1}, inside the tanh.",
        ),
    )

    def draw(self, rng):
        T, B, D, H = 6, 3, 2, 4
        return {
            "x": rng.normal(size=(T, B, D)),
            "S_0": rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "b_s": rng.normal(size=H) / 2,
        }

    def reference(self, x, S_0, W_x, W_s, b_s):
        return unroll(Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s}), x, S_0).outputs


def jordan_sum(a):
    """What is in the tanh of a Jordan step with the arguments ``a``; this and the next two serve the mistakes below."""
    return a["x_t"] @ a["W_x"].T + a["O_previous"] @ a["W_s"].T + a["b_s"]


def jordan_state(a):
    """The state of a Jordan step with the arguments ``a``."""
    return np.tanh(jordan_sum(a))


def with_output(S_t, a):
    """This state, and the output read from it."""
    return S_t, S_t @ a["W_o"].T + a["b_o"]


class JordanStep(FunctionExercise):
    """Write one step of a Jordan network, whose memory is the output; return the state and the output."""

    title = "One step of a Jordan network"
    difficulty = 2
    returns = ("S_t", "O_t")
    praise = "Only one thing has changed against Elman: what is put aside. It is O that goes on to the next step."
    hints = (
        "Two lines: first the state, from the input and the memory; then the output, from the state.",
        "The memory is O_{t-1}, of shape (B, O), and W_s has the shape (H, O). Which product gives (B, H)?",
        "The tanh belongs to the state. The output is read from it by W_o and b_o and is not squashed.",
    )

    @staticmethod
    def answer(x_t, O_previous, W_x, W_s, b_s, W_o, b_o):
        S_t = np.tanh(x_t @ W_x.T + O_previous @ W_s.T + b_s)
        O_t = S_t @ W_o.T + b_o
        return S_t, O_t

    mistakes = (
        Mistake(
            lambda **a: with_output(np.tanh(a["x_t"] @ a["W_x"].T + a["b_s"]), a),
            "The memory plays no part: O_previous is not used. It enters the state through W_s.",
        ),
        Mistake(
            lambda **a: (jordan_state(a), np.tanh(with_output(jordan_state(a), a)[1])),
            "The state is right; the output has been squashed as well. In the formula of O_t there is no f.",
        ),
        Mistake(
            lambda **a: with_output(jordan_sum(a), a),
            "The activation is missing: S_t is f of the sum, and f is tanh here.",
        ),
        Mistake(
            lambda **a: (jordan_sum(a), with_output(jordan_state(a), a)[1]),
            "The output is right; as S_t you return the sum before the tanh.",
        ),
        Mistake(
            lambda **a: with_output(np.tanh(jordan_sum(a) - a["b_s"]), a),
            "The bias b_s is missing. It is added before the tanh; b_o belongs to the output.",
        ),
        Mistake(
            lambda **a: (jordan_state(a), jordan_state(a) @ a["W_o"].T),
            "The state is right; the bias b_o of the output is missing.",
        ),
        Mistake(
            lambda **a: (jordan_state(a), with_output(jordan_state(a), a)[1] + a["O_previous"]),
            "The state is right; the memory has been added to the output once more. It goes into the state alone.",
        ),
        Mistake(
            lambda **a: with_output(jordan_state(a | {"O_previous": np.tanh(a["O_previous"])}), a),
            "The memory is squashed before it is used. It is a copy of the output, as it was said.",
        ),
        Mistake(
            lambda **a: (jordan_state(a), a["O_previous"]),
            "The state is right; the output you return is the old one. Read the new one from the new state.",
        ),
    )

    def draw(self, rng):
        B, D, H, O = 3, 2, 5, 4
        return {
            "x_t": rng.normal(size=(B, D)),
            "O_previous": rng.normal(size=(B, O)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, O)) / 2,
            "b_s": rng.normal(size=H),
            "W_o": rng.normal(size=(O, H)) / 2,
            "b_o": rng.normal(size=O),
        }

    def reference(self, x_t, O_previous, W_x, W_s, b_s, W_o, b_o):
        cell = Jordan.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s, "W_o": W_o, "b_o": b_o})
        run = unroll(cell, x_t[None], O_previous)
        return run.trace.hidden[0], run.final_state[0]


class Temperature(FunctionExercise):
    """Turn outputs O_t (B, O) into probabilities (B, O) at a temperature: each row sums to 1."""

    title = "Probabilities at a temperature"
    difficulty = 1
    returns = ("p_t",)
    praise = "Dividing the scores by the temperature flattens or sharpens them; the softmax does the rest."
    hints = (
        "The temperature acts on the scores, before the exponential.",
        "Each row is one distribution: the sum in the denominator runs over the last axis, axis=-1.",
        "keepdims=True lets a sum of shape (B, 1) divide an array of shape (B, O).",
    )

    @staticmethod
    def answer(O_t, temperature):
        e = np.exp(O_t / temperature)
        return e / e.sum(axis=-1, keepdims=True)

    mistakes = (
        Mistake(
            lambda O_t, temperature: softmax(O_t),
            "The temperature is not used: this is the plain softmax.",
        ),
        Mistake(
            lambda O_t, temperature: softmax(O_t * temperature),
            "The scores are multiplied by the temperature, so a high temperature makes the network surer. It should "
            "be the other way round. See “One step of a language model”.",
        ),
        Mistake(
            lambda O_t, temperature: softmax(O_t) / temperature,
            "The division comes too late: after the softmax it only makes the rows sum to something other than 1.",
        ),
        Mistake(
            lambda O_t, temperature: np.exp(O_t / temperature) / np.exp(O_t).sum(axis=-1, keepdims=True),
            "The temperature is in the numerator alone, so the rows do not sum to 1. The denominator is the sum of "
            "the very numbers that stand above it.",
        ),
        Mistake(
            lambda O_t, temperature: np.exp(O_t / temperature),
            "These are the exponentials. They are positive, but they do not sum to 1 yet.",
        ),
        Mistake(
            lambda O_t, temperature: softmax(O_t.T / temperature).T,
            "The columns sum to 1, not the rows: the sum runs over the batch. Which axis holds the words?",
        ),
        Mistake(
            lambda O_t, temperature: softmax((O_t / temperature).ravel()).reshape(O_t.shape),
            "All numbers of the batch together sum to 1. Each row is a distribution of its own: a sum without axis "
            "adds up everything.",
        ),
        Mistake(
            lambda O_t, temperature: np.log(softmax(O_t / temperature)),
            "These are the logarithms of the probabilities, and negative. The probabilities themselves are wanted.",
        ),
        Mistake(
            lambda O_t, temperature: O_t / temperature / (O_t / temperature).sum(axis=-1, keepdims=True),
            "The scores are divided by their sum, without an exponential. A score can be negative, a probability "
            "cannot: the exponential makes it positive first.",
        ),
    )

    def draw(self, rng):
        return {"O_t": rng.normal(size=(3, 5)), "temperature": rng.choice([0.4, 0.7, 1.8, 2.5]) + rng.uniform(0, 0.2)}

    def reference(self, O_t, temperature):
        return softmax(O_t / temperature)


all_ones = AllOnes()
rnn_step = RNNStep()
unrolled = Unrolled()
jordan_step = JordanStep()
temperature = Temperature()
