"""Chapter 3: vanishing and exploding gradients."""

from .chain import activation_chain
from .chaos import lyapunov
from .lags import gradient_norm_by_lag, shares_by_lag
from .matrix_powers import matrices
from .one_unit import powers
from .surface import error_surface

__all__ = [
    "activation_chain",
    "error_surface",
    "gradient_norm_by_lag",
    "lyapunov",
    "matrices",
    "powers",
    "shares_by_lag",
]
