"""How long to wait before a repeat: exponential, with jitter, and never less than the platform requested."""

from hypothesis import given
from hypothesis import strategies as st

from etl.http.retry import FIRST_WAIT, LONGEST_WAIT, pause

attempts = st.integers(1, 60)
jitters = st.floats(0, 1)


def test_the_wait_doubles_up_to_the_longest():
    assert [pause(attempt, 0.0, 1.0) for attempt in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert pause(40, 0.0, 1.0) == LONGEST_WAIT


def test_the_platforms_own_wait_is_respected():
    assert pause(1, 7.0, 0.0) == 7.0
    assert pause(1, 120.0, 1.0) == 120.0


@given(attempts, st.floats(0, 900), jitters)
def test_a_wait_is_never_shorter_than_requested_nor_than_half_the_back_off(attempt, requested, jitter):
    wait = pause(attempt, requested, jitter)
    assert wait >= requested
    assert FIRST_WAIT / 2 <= wait <= max(requested, LONGEST_WAIT)


def test_jitter_separates_clients():
    assert pause(4, 0.0, 0.0) == 2.0 < pause(4, 0.0, 0.5) == 3.0 < pause(4, 0.0, 1.0) == 4.0
