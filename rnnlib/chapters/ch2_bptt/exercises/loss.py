"""Where every gradient begins: the loss."""

import numpy as np

from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.losses import softmax_cross_entropy


class CrossEntropy(FunctionExercise):
    """The softmax cross-entropy of outputs O (T, B, O) and targets (T, B): its sum over T and B, and dL/dO."""

    number = "2.1"
    title = "Softmax cross-entropy and its gradient"
    difficulty = 2
    returns = ("L", "dL/dO")
    praise = "What was said minus what was wanted: the gradient of every step, ready to be sent back."
    hints = (
        "p = exp(O) / the sum of exp(O) over the classes, which are the last axis; keepdims=True keeps the shape.",
        "Each step of each sequence costs -log of the probability of its right class. L is the sum of all of them.",
        "np.eye(number_of_classes)[targets] makes a one-hot vector of every target, with the shape (T, B, O).",
    )

    @staticmethod
    def answer(O, targets):
        e = np.exp(O)
        p = e / e.sum(axis=-1, keepdims=True)
        wanted = np.eye(O.shape[-1])[targets]
        L = -np.sum(wanted * np.log(p))
        return L, p - wanted

    mistakes = (
        Slip(
            {"return L, p": "L = -np.sum((wanted * np.log(p))[:, 0])\n    return L, p"},
            "The gradient is right; the loss is that of the first sequence alone. It is the sum over the whole batch.",
        ),
        Slip(
            {"return L, p - wanted": "return L / targets.size, (p - wanted) / targets.size"},
            "Both are means over the steps and sequences. The loss here is a sum, L_1 + L_2 + ...; so each gradient is "
            "that of its own step. See “A loss at every step, and their sum”.",
        ),
        Slip(
            {"return L": "return L / targets.size"},
            "The gradient is right, and it is that of a sum. L is the mean instead.",
        ),
        Slip(
            {"return L": "return L / O.size"},
            "The gradient is right. L is divided by the number of all outputs, as np.mean of the products does. It is "
            "a sum, with one entry for each step of each sequence.",
        ),
        Slip(
            {"return L": "return -np.log(p)[wanted == 1].reshape(targets.shape).sum(axis=0)"},
            "The gradient is right. L has been added up over the steps only; it is one number, the sum over the "
            "sequences as well.",
        ),
        Slip(
            {"p - wanted": "wanted - p"},
            "The loss is right; the gradient has the wrong sign. Raising the score of the right class lowers the "
            "loss, so its gradient there is negative.",
        ),
        Slip(
            {"p - wanted": "p"},
            "The loss is right. As the gradient you return the probabilities alone; something is wanted, too.",
        ),
        Slip(
            {"p - wanted": "p + wanted"},
            "The loss is right. The gradient is the difference of what was said and what was wanted, not their sum: "
            "where "
            "the network is sure and right there is nothing left to learn.",
        ),
        Slip(
            {"p - wanted": "(p - wanted) * wanted"},
            "The loss is right. The gradient is there for the right class alone. The scores of the other classes have "
            "a part in the softmax too: raising them costs.",
        ),
        Slip(
            {"-np.sum": "np.sum"},
            "The gradient is right; the loss is negative. The logarithm of a probability is below 0, and a loss is "
            "not.",
        ),
        Slip(
            {"np.log(p)": "p"},
            "The gradient is right; in the loss the logarithm is missing: you added up the probabilities themselves.",
        ),
        Slip(
            {"np.log(p)": "np.log2(p)"},
            "The gradient is right; the loss is in bits, with the logarithm to base 2. Take the natural one, np.log.",
        ),
        Slip(
            {"np.log(p)": "O"},
            "The gradient is right; the loss adds up scores, not logarithms of probabilities: the softmax is missing.",
        ),
        Slip(
            {"wanted * np.log(p)": "np.log(p)"},
            "The gradient is right; the loss adds up the logarithms of all classes. Only the right one of each step "
            "costs.",
        ),
        Slip(
            {"wanted * np.log(p))": "p * np.log(p))"},
            "The gradient is right. This is the entropy of what was said, p log p; what was wanted has no part in it.",
        ),
        Slip(
            {"axis=-1": "axis=0"},
            "The softmax runs over time: what sums to 1 in your p are the steps. The classes are the last axis.",
        ),
        Slip(
            {"axis=-1": "axis=1"},
            "The softmax runs over the batch: what sums to 1 in your p are the sequences. The classes are the last "
            "axis.",
        ),
        Slip(
            {"axis=-1, ": ""},
            "All numbers together sum to 1 in your p. Each step of each sequence has a distribution of its own: a sum "
            "without axis adds up everything.",
        ),
        Slip(
            {"p - wanted": "-wanted / p"},
            "The loss is right. This is the derivative by the probability, -1/p at the right class. The softmax is "
            "between p and O and is derived as well; together they become simpler.",
        ),
        Slip(
            {"p - wanted": "(p - wanted) * p * (1 - p)"},
            "The loss is right. The gradient has a slope p (1 - p) too many: the logarithm of the loss has already "
            "cancelled it. See “A loss at every step, and their sum”.",
        ),
        Slip(
            {"L = -np.sum(wanted * np.log(p))": "L = np.sum((p - wanted) ** 2)"},
            "The gradient is right, and it is that of the cross-entropy. L is the squared difference instead.",
        ),
    )

    def draw(self, rng):
        T, B, O = sizes(rng, 3)
        return {"O": rng.normal(size=(T, B, O)), "targets": rng.integers(O, size=(T, B))}

    def reference(self, O, targets):
        return softmax_cross_entropy(O, targets)


cross_entropy = CrossEntropy()
