"""Linear attention, written as a recurrence."""

import numpy as np

from rnnlib.judging import FunctionExercise, Mistake, Slip


class LinearAttention(FunctionExercise):
    """Attention without its softmax, with a state: read q_t from the memory after (k_t, v_t) has been written.

    q and k are (T, d_k), v is (T, d_v). Begin with an S of zeros, (d_v, d_k); at each step S becomes S + v_t k_t^T, and
    the output is o_t = S q_t. Return all outputs, (T, d_v).
    """

    number = "10.4"
    title = "Attention as a recurrence"
    difficulty = 2
    returns = ("o",)
    praise = "No list of the past is kept: it is all in S, whose size does not depend on T."
    hints = (
        "Loop over the steps. np.outer(v_t, k_t) is v_t k_t^T, with the shape (d_v, d_k).",
        "First write, S = S + np.outer(v_t, k_t), then read, S @ q_t. Collect what was read.",
    )

    @staticmethod
    def answer(q, k, v):
        S = np.zeros((v.shape[1], k.shape[1]))
        o = []
        for t in range(len(q)):
            S = S + np.outer(v[t], k[t])
            o.append(S @ q[t])
        return np.array(o)

    mistakes = (
        Slip(
            {
                "S = S + np.outer(v[t], k[t])\n": "written = np.outer(v[t], k[t])\n",
                "o.append(S @ q[t])": "o.append(S @ q[t]); S = S + written",
            },
            "Every output lacks the pair of its own step: the memory is read before it is written, and the first "
            "output is 0. Write first.",
        ),
        Slip(
            {"S = S + np.outer(v[t], k[t])": "S = np.outer(v[t], k[t])"},
            "The memory holds the last pair alone: S is replaced at each step. It becomes S plus the new pair.",
        ),
        Slip(
            {"return np.array(o)": "return np.cumsum(o, axis=0)"},
            "What was read is added up once more. The sum over the past is in S already.",
        ),
        Mistake(
            lambda q, k, v: (q @ k.T) @ v,
            "Every step reads the whole sequence, the future included. At step t only the pairs up to t have been "
            "written.",
        ),
        Mistake(
            lambda q, k, v: np.tril(np.exp(q @ k.T)) @ v / np.tril(np.exp(q @ k.T)).sum(axis=1, keepdims=True),
            "That is attention with its softmax. Here the scores are taken as they are, and then a state is enough.",
        ),
        Slip(
            {"np.outer(v[t], k[t])": "np.outer(v[t], q[t])", "S @ q[t]": "S @ k[t]"},
            "Question and key have changed places: the pair is written under its key k, and asked for by q.",
        ),
    )

    def draw(self, rng):
        T, d_k, d_v = rng.permutation([3, 4, 5, 6])[:3]
        return {"q": rng.normal(size=(T, d_k)), "k": rng.normal(size=(T, d_k)), "v": rng.normal(size=(T, d_v))}

    def reference(self, q, k, v):
        # masked scores, no state
        return np.tril(q @ k.T) @ v


linear_attention = LinearAttention()
