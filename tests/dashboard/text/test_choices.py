"""Options that a browser distinguishes by their labels only."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.text.choices import distinct_labels


def test_equal_labels_are_numbered_and_others_stay() -> None:
    names = {"S1": "Cup", "S2": "Bowl", "S3": "Cup", "S4": "Cup (2)", "S5": "Cup"}
    label = distinct_labels(names, names.__getitem__)
    assert [label(sku) for sku in names] == ["Cup", "Bowl", "Cup (2)", "Cup (2) (2)", "Cup (3)"]


def test_an_option_of_before_has_no_label_of_an_option() -> None:
    names = {"S1": "Cup", "S2": "Bowl"}
    assert distinct_labels(names, names.__getitem__)("S3") == "S3"


@given(st.lists(st.sampled_from(("Cup", "Cup (2)", "Cup (3)", "Cup (2) (2)", "", " (2)"))))
def test_no_two_options_have_one_label(labels: list[str]) -> None:
    options = range(len(labels))
    label = distinct_labels(options, labels.__getitem__)
    assert len({label(option) for option in options}) == len(labels)
