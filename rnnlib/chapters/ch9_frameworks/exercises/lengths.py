"""Sequences of different lengths: the mean that leaves the padding out, and the packing that does without it."""

import numpy as np

from rnnlib.judging import FunctionExercise, Mistake, Slip, sizes


class MaskedMean(FunctionExercise):
    """The mean loss of a padded batch: losses (T, B), and lengths (B,) of whole numbers from 1 to T.

    Every real step counts the same, and the padding not at all. Return one number.
    """

    number = "9.2"
    title = "The mean over real steps"
    difficulty = 1
    returns = ("the mean",)
    praise = "That is what rnnlib divides by, and what ignore_index does in PyTorch."
    hints = (
        "Step t of sequence b is real where t < lengths[b], counted from 0. np.arange(T)[:, None] < lengths is (T, B).",
        "Add up the losses of the real steps, and divide by how many they are.",
    )

    @staticmethod
    def answer(losses, lengths):
        real = np.arange(len(losses))[:, None] < lengths
        return np.sum(losses * real) / np.sum(real)

    mistakes = (
        Slip(
            {"/ np.sum(real)": "/ losses.size"},
            "The padding's losses are left out of the sum, but its steps are still counted below the line. A short "
            "sequence makes the mean too small.",
        ),
        Slip(
            {"losses * real) / np.sum(real)": "losses) / losses.size"},
            "The padding is in it: this is the mean over all T·B steps, real or not.",
        ),
        Slip(
            {"return np.sum(losses * real) / np.sum(real)": "return np.mean(np.sum(losses * real, axis=0) / lengths)"},
            "This is the mean of the means: each sequence counts the same, so a step of a short one counts more. Here "
            "every step counts the same.",
        ),
        Slip(
            {"/ np.sum(real)": "/ len(lengths)"},
            "The sum is right. It is divided by the number of sequences; the number of real steps is asked for.",
        ),
        Slip(
            {"< lengths": "<= lengths"},
            "One step too many of each shorter sequence is in it. Counted from 0, a sequence of length 3 has the steps "
            "0, 1 and 2.",
        ),
        Slip(
            {" / np.sum(real)": ""},
            "That is the sum. How many steps is it a sum of?",
        ),
    )

    def draw(self, rng):
        T, B = sizes(rng, 2, least=4, most=9)
        lengths = np.concatenate(([T, 1], rng.integers(1, T + 1, size=B - 2)))
        return {"losses": rng.exponential(size=(T, B)), "lengths": rng.permuted(lengths)}

    def reference(self, losses, lengths):
        return np.concatenate([losses[:n, b] for b, n in enumerate(lengths)]).mean()


class Pack(FunctionExercise):
    """Pack a padded batch x (T, B, D) whose sequences are sorted by length, the longest first; lengths is (B,).

    Return the real steps, (sum of lengths, D): first all of time 0, then all of time 1, and so on, each in the order of
    the batch; and how many sequences are still running at each time, (T,).
    """

    number = "9.3"
    title = "Packing"
    difficulty = 2
    returns = ("data", "batch sizes")
    praise = (
        "It is a PackedSequence: at each time the first so many rows are one matrix product, and no padding is in it."
    )
    hints = (
        "At time t a sequence runs if its length is greater than t. Since the longest come first, these are the first "
        "ones of the batch.",
        "sizes[t] counts the lengths greater than t; from x[t] take the first sizes[t] rows.",
    )

    @staticmethod
    def answer(x, lengths):
        sizes = np.sum(lengths > np.arange(len(x))[:, None], axis=1)
        data = np.concatenate([x[t, : sizes[t]] for t in range(len(x))])
        return data, sizes

    mistakes = (
        Mistake(
            lambda x, lengths: (
                np.concatenate([x[:n, b] for b, n in enumerate(lengths)]),
                np.sum(lengths > np.arange(len(x))[:, None], axis=1),
            ),
            "batch sizes is right. In data one sequence follows the other. Packed, the first steps of all sequences "
            "come first: they are computed together.",
        ),
        Slip(
            {"lengths > np": "lengths >= np", "x[t, : sizes[t]]": "x[t, : np.sum(lengths > t)]"},
            "data is right. In batch sizes each sequence runs one step too long: at time t, counted from 0, the length "
            "has to be greater than t.",
        ),
        Mistake(
            lambda x, lengths: (x.reshape(-1, x.shape[2]), np.sum(lengths > np.arange(len(x))[:, None], axis=1)),
            "batch sizes is right. data still holds the padding: of each time take only the sequences that run.",
        ),
        Slip(
            {"return data, sizes": "return data, lengths"},
            "data is right. The second are the lengths, one a sequence; asked for is one number a time.",
        ),
    )

    def draw(self, rng):
        T, B, D = sizes(rng, 3, least=3, most=8)
        lengths = np.sort([T, 1, *rng.integers(1, T + 1, size=B - 2)])[::-1]
        real = np.arange(T)[:, None, None] < lengths[:, None]
        return {"x": np.where(real, rng.normal(size=(T, B, D)), 0.0), "lengths": lengths}

    def reference(self, x, lengths):
        running = [[b for b, n in enumerate(lengths) if n > t] for t in range(len(x))]
        data = np.array([x[t, b] for t, row in enumerate(running) for b in row])
        return data, np.array([len(row) for row in running])


masked_mean = MaskedMean()
pack = Pack()
