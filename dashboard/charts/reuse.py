"""Finished figures, stored by what they show: a chart that many sessions open is drawn once."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from threading import Lock
from typing import ParamSpec

import plotly.graph_objects as go

from dashboard.i18n.format import currency
from dashboard.i18n.language import language

P = ParamSpec("P")
MOST = 256

_figures: OrderedDict[bytes, go.Figure] = OrderedDict()
_lock = Lock()


def reused(draw: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Draw a figure once for the same arguments, language and currency; the result is shared and never changed."""

    @wraps(draw)
    def stored_or_drawn(*arguments: P.args, **named: P.kwargs) -> go.Figure:
        shown = (draw.__module__, draw.__qualname__, language(), currency(), arguments, named)
        key = sha256(pickle.dumps(shown)).digest()
        with _lock:
            if key in _figures:
                _figures.move_to_end(key)
                return _figures[key]
        figure = draw(*arguments, **named)
        with _lock:
            _figures[key] = figure
            while len(_figures) > MOST:
                _figures.popitem(last=False)
        return figure

    return stored_or_drawn
