"""What can be wrong with a platform and its answers, by what a caller can do about it.

    ShopError
    └─ PlatformError         all that can go wrong with a platform
       ├─ TryLater           exit code 75: the same command works later
       │  ├─ RateLimited     the platform requires fewer requests
       │  ├─ PlatformDown    no answer, a dropped one, HTTP 5xx
       │  │  └─ BadAnswer    cut off, HTML, no JSON
       │  ├─ BudgetSpent     the requests of this run are used up
       │  └─ SyncRunning     another run has the lease of the shop
       ├─ `Refused`          the platform refuses, and will refuse again
       │  ├─ NotPermitted    the app lacks a permission
       │  ├─ NotAuthorised   the owner must connect again
       │  ├─ TokenExpired    refreshed once, then NotAuthorised
       │  └─ ClockOff        the clock of this machine is wrong
       ├─ Unsure             a write whose answer got lost
       └─ NotConnected       credentials are missing

No error contains a secret or free text of a platform: only codes of a known shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shop.core.errors import ShopError


class PlatformError(ShopError):
    """The base of all that can go wrong with a platform."""

    exit_code = 1


class TryLater(PlatformError):
    """Nothing is wrong for good: the same command works later."""

    exit_code = 75


class RateLimited(TryLater):
    """The platform requires fewer requests; `wait` is the seconds that it names, else 0."""

    message = "{platform} asks for fewer requests. Try again in {wait} seconds."


class PlatformDown(TryLater):
    """No answer, a dropped one, or HTTP 5xx, also after many tries."""

    message = "{platform} does not answer ({found}). What was read is kept; try again later."


class BadAnswer(PlatformDown):
    """An answer that is cut off, or is no JSON."""

    message = "{platform} gave an answer that cannot be read ({found}). Try again later."


class BudgetSpent(TryLater):
    """The run has used all the requests that it may make."""

    message = "This run has used its {limit} requests to {platform}. Run again to go on from here."


class SyncRunning(TryLater):
    """Another run has the lease of this shop and platform."""

    message = "{platform} is being synced by another run. Try again when it is done."


class Refused(PlatformError):
    """The platform refuses, and would refuse again; `found` is its code."""

    message = "{platform} refused the request ({found})."


class NotPermitted(Refused):
    """The app lacks the permission for this resource."""

    message = "{platform} does not let this app do that ({found}). Add the permission in its console."


class NotAuthorised(Refused):
    """Token and refresh token are of no use any more, or the keys are wrong."""

    message = "{platform} does not know this login any more ({found}). Run: kilnboard connect {platform}"


class TokenExpired(Refused):
    """The access token has ended: it is refreshed once."""

    message = "The access token of {platform} has ended ({found})."


class ClockOff(Refused):
    """The platform refuses the time of the request as too old or too new."""

    message = "{platform} says that this machine's clock is wrong ({found}). Set it and try again."


class Unsure(PlatformError):
    """A write that must not be repeated blindly: whether it was done is not known."""

    message = "{platform} did not say whether it did that. Look at the listing there before a retry."


class NotConnected(PlatformError):
    """Credentials are missing."""

    exit_code = 2
    message = "{platform} is not connected; missing: {missing}. Run: kilnboard connect {platform}"


@contextmanager
def of_answers(platform: str) -> Iterator[None]:
    """Turn what an answer of another shape than documented does to its reader into BadAnswer."""
    try:
        yield
    except ShopError:
        raise
    except Exception as problem:
        raise BadAnswer(platform=platform, found=f"another shape: {type(problem).__name__}") from problem


CODE = re.compile(r"-?\d{1,9}$|[A-Za-z][A-Za-z_-]*(?:[.][A-Za-z_-]+)+(?::[A-Za-z_-]*\d{0,9})?$")


def code_text(*codes: Any) -> str:
    """The platform's codes as text; anything that is not shaped like a code is left out."""
    words = (str(code) for code in codes if code not in (None, ""))
    return " ".join(word for word in words if CODE.match(word)) or "?"
