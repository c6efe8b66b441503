"""The delta rule: its formula, its gradient, and the contract that it shares with the cells."""

import numpy as np
import pytest

import rnnlib
from rnnlib.delta_rule import DeltaRule, delta_step

SETTINGS = [{"top": 1.0}, {"top": 2.0}, {"top": 1.5, "writes": 2}, {"top": 2.0, "writes": 3}]


def layer_and_input(seed=0, T=5, B=2, **options):
    rng = np.random.default_rng(seed)
    layer = DeltaRule(3, 4, 2, rng=rng, **options)
    for array in layer.params.values():
        array += 0.3 * rng.normal(size=array.shape)
    return layer, rng.normal(size=(T, B, 3)), rng


def by_formula(layer, x, S=None):
    """One sequence (T, D), written out with the identity matrix; the outputs and the last S."""
    p, d_k, d_v = layer.params, layer.key_size, layer.output_size
    S, outputs = np.zeros((d_v, d_k)) if S is None else S, []
    for x_t in x:
        u, v = (p["W_k"] @ x_t + p["b_k"]).reshape(-1, d_k), (p["W_v"] @ x_t + p["b_v"]).reshape(-1, d_v)
        beta = layer.top / (1 + np.exp(-(p["W_beta"] @ x_t + p["b_beta"])))
        for j in range(layer.writes):
            k = u[j] / np.linalg.norm(u[j])
            S = S @ (np.eye(d_k) - beta[j] * np.outer(k, k)) + beta[j] * np.outer(v[j], k)
        outputs.append(S @ (p["W_q"] @ x_t + p["b_q"]))
    return np.array(outputs), S


@pytest.mark.parametrize("options", SETTINGS)
def test_it_is_its_formula(options):
    layer, x, _ = layer_and_input(**options)
    run = rnnlib.unroll(layer, x)
    for b in range(x.shape[1]):
        outputs, S = by_formula(layer, x[:, b])
        np.testing.assert_allclose(run.outputs[:, b], outputs, rtol=1e-9)
        np.testing.assert_allclose(run.final_state[0][b], S.ravel(), rtol=1e-9)


@pytest.mark.parametrize("options", SETTINGS)
@pytest.mark.parametrize("lengths", [None, np.array([5, 3])])
def test_its_gradient_agrees_with_finite_differences(options, lengths):
    layer, x, rng = layer_and_input(1, **options)
    u, end, S = rng.normal(size=(5, 2, 2)), rng.normal(size=(2, 8)), rng.normal(size=(2, 8))

    def loss():
        run = rnnlib.unroll(layer, x, S, lengths)
        return np.sum(u * run.outputs) + np.sum(end * run.final_state[0])

    gradients = rnnlib.bptt(rnnlib.unroll(layer, x, S, lengths), u, end)
    for name, array in (layer.params | {"x": x, "S": S}).items():
        ours = {"x": gradients.x, "S": gradients.initial_state[0]}.get(name, gradients.params.get(name))
        assert rnnlib.relative_error(ours, rnnlib.numerical_gradient(loss, array)) < 1e-7, name


@pytest.mark.parametrize("writes", [1, 2])
def test_its_gradient_agrees_with_autograd(writes):
    torch = pytest.importorskip("torch")
    layer, x, rng = layer_and_input(2, top=2.0, writes=writes)
    u = rng.normal(size=(5, 2, 2))
    p = {name: torch.tensor(array, requires_grad=True) for name, array in layer.params.items()}
    inputs, loss = torch.tensor(x, requires_grad=True), 0.0
    S = torch.zeros(2, 2, 4, dtype=torch.float64)
    for t in range(5):
        parts = {part: inputs[t] @ p[f"W_{part}"].T + p[f"b_{part}"] for part in ("q", "k", "v", "beta")}
        for j in range(writes):
            k = torch.nn.functional.normalize(parts["k"][:, 4 * j : 4 * j + 4], dim=-1)
            v, beta = parts["v"][:, 2 * j : 2 * j + 2], layer.top * torch.sigmoid(parts["beta"][:, j, None, None])
            kept = S - beta * (S @ k[..., None]) @ k[:, None]
            S = kept + beta * v[..., None] @ k[:, None]
        loss = loss + torch.sum(torch.tensor(u[t]) * (S @ parts["q"][..., None])[..., 0])
    loss.backward()
    gradients = rnnlib.bptt(rnnlib.unroll(layer, x), u)
    np.testing.assert_allclose(gradients.x, inputs.grad.numpy(), rtol=1e-8, atol=1e-11)
    for name, gradient in gradients.params.items():
        np.testing.assert_allclose(gradient, p[name].grad.numpy(), rtol=1e-8, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("writes", [1, 2])
def test_chunks_windows_and_state_gradients(writes):
    layer, x, rng = layer_and_input(3, T=6, writes=writes)
    u = rng.normal(size=(6, 2, 2))
    whole = rnnlib.unroll(layer, x)
    first = rnnlib.unroll(layer, x[:4])
    second = rnnlib.unroll(layer, x[4:], first.final_state)
    np.testing.assert_allclose(second.outputs, whole.outputs[4:], rtol=1e-12)
    np.testing.assert_allclose(whole.window(4, 6).outputs, whole.outputs[4:], rtol=0)
    assert (len(whole), len(whole.window(1, 4))) == (6, 3)
    gradients = rnnlib.bptt(whole, u, keep_state_gradients=True)
    late = rnnlib.bptt(whole.window(4, 6), u[4:], keep_state_gradients=True)
    early = rnnlib.bptt(whole.window(0, 4), u[:4], late.initial_state)
    np.testing.assert_allclose(early.x, gradients.x[:4], rtol=1e-9)
    np.testing.assert_allclose(late.states[0][1:], gradients.states[0][5:], rtol=1e-12)
    np.testing.assert_allclose(gradients.states[0][0], gradients.initial_state[0], rtol=0)


def test_padding_changes_nothing():
    layer, x, _ = layer_and_input(4)
    lengths, other = np.array([5, 3]), x.copy()
    other[3:, 1] = 99.0
    one, two = (rnnlib.unroll(layer, inputs, lengths=lengths) for inputs in (x, other))
    np.testing.assert_array_equal(one.outputs, two.outputs)
    np.testing.assert_array_equal(one.final_state[0], two.final_state[0])
    assert not one.outputs[3:, 1].any()
    alone = rnnlib.unroll(layer, x[:3, 1:])
    np.testing.assert_allclose(alone.final_state[0][0], one.final_state[0][1], rtol=1e-12)


def test_a_step_is_a_gradient_step_and_multiplies_the_error_by_one_minus_beta():
    rng = np.random.default_rng(5)
    S, k, v = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=3)
    k /= np.linalg.norm(k)
    slope = rnnlib.numerical_gradient(lambda: np.sum((S @ k - v) ** 2) / 2, S)
    for beta in (0.0, 0.5, 1.0, 2.0):
        after, e = delta_step(S, k, v, beta)
        np.testing.assert_allclose(after, S - beta * slope, atol=1e-7)
        np.testing.assert_allclose(after @ k - v, (1 - beta) * e, atol=1e-12)


@pytest.mark.parametrize("beta", [-0.1, 2.1, np.nan, np.array([[1.0], [2.5]])])
def test_a_beta_outside_0_to_2_is_named(beta):
    with pytest.raises(ValueError, match="beta: expected numbers from 0 to 2"):
        delta_step(np.zeros((2, 3, 4)), np.full((2, 4), 0.5), np.ones((2, 3)), beta)


def test_a_key_that_is_not_of_length_one_is_named():
    with pytest.raises(ValueError, match=r"k: expected keys of length 1, got one of length 2"):
        delta_step(np.zeros((3, 4)), np.ones(4), np.ones(3), 1.0)


def test_what_cannot_be_is_said_at_the_door():
    rng = np.random.default_rng(0)
    for top in (0, -1, 2.5):
        with pytest.raises(ValueError, match="top: expected"):
            DeltaRule(3, 4, 2, rng=rng, top=top)
    with pytest.raises(ValueError, match="writes"):
        DeltaRule(3, 4, 2, rng=rng, writes=0)
    layer = DeltaRule(3, 4, 2, rng=rng)
    with pytest.raises(ValueError, match="D=3"):
        rnnlib.unroll(layer, np.zeros((5, 2, 4)))
    with pytest.raises(ValueError, match="state"):
        rnnlib.unroll(layer, np.ones((5, 2, 3)), np.zeros((2, 4)))
    with pytest.raises(TypeError, match="state"):
        rnnlib.unroll(layer, np.ones((5, 2, 3)), (np.zeros((2, 8)),) * 2)
    with pytest.raises(ValueError, match="d_outputs"):
        rnnlib.bptt(rnnlib.unroll(layer, np.ones((5, 2, 3))), np.ones((5, 2, 3)))


def test_a_key_of_length_zero_is_no_number_lost():
    layer = DeltaRule(3, 4, 2, rng=np.random.default_rng(0))
    run = rnnlib.unroll(layer, np.zeros((4, 1, 3)))
    gradients = rnnlib.bptt(run, np.ones((4, 1, 2)))
    assert np.isfinite(run.outputs).all()
    assert all(np.isfinite(gradient).all() for gradient in gradients.params.values())


def test_float32_and_training():
    rng = np.random.default_rng(0)
    layer = DeltaRule(2, 3, 3, rng=rng, dtype=np.float32)
    model = rnnlib.Model(layer, 2, rng=rng)
    bits = rng.integers(2, size=(6, 8))
    batch = rnnlib.Batch(np.eye(2, dtype=np.float32)[bits], bits)
    before = model.loss(batch)
    history = rnnlib.train(model, lambda rng: batch, 30, rnnlib.Adam(0.05), rng=rng, progress=False)
    assert history.loss[-1] < before / 2
    assert all(array.dtype == np.float32 for array in model.params.values())
    assert "DeltaRule(D=2, S 3×3, beta up to 1)" in repr(layer)
