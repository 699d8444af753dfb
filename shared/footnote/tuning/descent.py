"""The least of a smooth function, by L-BFGS.

Nocedal and Wright, "Numerical Optimization" (2006), algorithms 7.4 and 7.5, with steps that are
halved until the function falls as far as Armijo asks.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64] | NDArray[np.float32]
type Slope = Callable[[Floats], tuple[float, Floats]]

_REMEMBERED = 8
_ARMIJO = 1e-4
_SHORTEST = 1e-6


def least(function: Slope, start: Floats, *, steps: int, close: float = 1e-5) -> Floats:
    """Where a function, which tells its value and its gradient, is least; near `start`.

    Ends after so many steps, or where one lowers the value by less than `close` of it.
    """
    at = start
    value, gradient = function(at)
    moves: deque[tuple[Floats, Floats]] = deque(maxlen=_REMEMBERED)
    for _ in range(steps):
        way = _downhill(gradient, moves)
        size, promised = 1.0, float(np.vdot(gradient, way))
        there, slope_there = function(at - way)
        while there > value - _ARMIJO * size * promised and size > _SHORTEST:
            size /= 2
            there, slope_there = function(at - size * way)
        if there >= value:
            return at
        move, bend = -size * way, slope_there - gradient
        if np.vdot(move, bend) > 0:
            moves.append((move, bend))
        fell, at, value, gradient = value - there, at + move, there, slope_there
        if fell < close * abs(value):
            break
    return at


def _downhill(gradient: Floats, moves: deque[tuple[Floats, Floats]]) -> Floats:
    """The gradient, times what the moves so far tell of the inverse of the Hessian."""
    if not moves:
        return gradient / max(1.0, float(np.linalg.norm(gradient)))
    way, shares = gradient.copy(), []
    for move, bend in reversed(moves):
        share = float(np.vdot(move, way) / np.vdot(move, bend))
        shares.append(share)
        way -= share * bend
    move, bend = moves[-1]
    way *= float(np.vdot(move, bend) / np.vdot(bend, bend))
    for (move, bend), share in zip(moves, reversed(shares), strict=True):
        way += (share - float(np.vdot(bend, way) / np.vdot(move, bend))) * move
    return way
