"""The labels of the options of a control.

A browser distinguishes options by their labels only: of two with one label it would choose the first.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def distinct_labels(options: Iterable[T], label: Callable[[T], str]) -> Callable[[T], str]:
    """A function that labels each option; where several have one label, all but the first get a number: "Cup (2)".

    What is not among them, as an option that was chosen before they changed, is labelled by its own text.
    """
    labels: dict[T, str] = {}
    taken: set[str] = set()
    for option in options:
        if option in labels:
            continue
        first = distinct = label(option)
        number = 1
        while distinct in taken:
            number += 1
            distinct = f"{first} ({number})"
        taken.add(distinct)
        labels[option] = distinct
    return lambda option: labels.get(option, str(option))
