"""One question to many shops at once: each has its time, and one that does not answer stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

from shop.core.errors import ShopError

T = TypeVar("T")
AT_ONCE = 12
SECONDS = 15.0  # for the answer of one shop
LOOKS_EVERY_SECONDS = 0.05


class SlowShop(ShopError):
    """A shop did not answer in its time."""

    message = "No answer within {seconds} seconds. Look whether its server and the network are well."
    exit_code = 1


@dataclass(frozen=True)
class ShopAnswer(Generic[T]):
    """What one shop answered, or what it raised."""

    name: str
    value: T | None = None
    problem: ShopError | None = None


def ask_all(
    names: Sequence[str],
    question: Callable[[str], T],
    *,
    seconds: float = SECONDS,
    begin: Callable[[], object] | None = None,
) -> list[ShopAnswer[T]]:
    """The answers of shops in their order; `question` is called with each name in a thread, after `begin` there.

    Not by concurrent.futures: a program joins the threads of a pool before it ends, also one on a lost server.
    A ShopError is a result, any other error is raised. The result of a thread that does not end is SlowShop.
    """
    queue: SimpleQueue[str] = SimpleQueue()
    ended: SimpleQueue[tuple[str, T | BaseException]] = SimpleQueue()
    began: dict[str, float] = {}
    for name in names:
        queue.put(name)

    def work() -> None:
        if begin is not None:
            begin()
        while True:
            try:
                name = queue.get_nowait()
            except Empty:
                return
            began[name] = monotonic()
            try:
                ended.put((name, question(name)))
            except BaseException as problem:
                ended.put((name, problem))

    def start() -> None:
        Thread(target=work, name="group", daemon=True).start()

    for _ in range(min(AT_ONCE, len(names))):
        start()
    answers: dict[str, ShopAnswer[T]] = {}
    while len(answers) < len(names):
        try:
            name, result = ended.get(timeout=LOOKS_EVERY_SECONDS)
        except Empty:
            for slow in [
                n for n, at in list(began.items()) if n not in answers and monotonic() - at > seconds
            ]:
                answers[slow] = ShopAnswer(slow, problem=SlowShop(seconds=round(seconds)))
                start()
            continue
        if name in answers:
            continue
        if isinstance(result, ShopError):
            answers[name] = ShopAnswer(name, problem=result)
        elif isinstance(result, BaseException):
            raise result
        else:
            answers[name] = ShopAnswer(name, result)
    return [answers[name] for name in names]
