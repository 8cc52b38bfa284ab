"""Who may run at a time: so many, and more while some only wait."""

import resource
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st
from waiting import wait_until

from pytest_mathbench.sandbox.places import MOST_WAITING, Place, Places

MANY = 1 << 30


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Keep places until the end of a test."""
    with ExitStack() as stack:
        yield stack


def is_free(places: Places) -> bool:
    """Whether somebody who asks now is served."""
    served = threading.Event()

    def ask() -> None:
        with places.taken():
            served.set()

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    return served.wait(0.2)


def wait(place: Place, held_bytes: int = 0) -> None:
    """Say that a place's program waits."""
    place.note(is_waiting=True, held_bytes=held_bytes, most_bytes=MANY)


def work(place: Place) -> None:
    """Say that a place's program works."""
    place.note(is_waiting=False, held_bytes=0, most_bytes=MANY)


def test_there_are_as_many_places_as_wanted(stack: ExitStack) -> None:
    """The last one is free, and then none."""
    places = Places(2)
    stack.enter_context(places.taken())
    assert is_free(places)
    stack.enter_context(places.taken())
    assert not is_free(places)


def test_a_place_comes_back(stack: ExitStack) -> None:
    """Who ends makes room."""
    places = Places(1)
    with places.taken():
        assert not is_free(places)
    assert is_free(places)


def test_who_waits_lends_its_place(stack: ExitStack) -> None:
    """A program that only waits keeps nobody out, however often it says so."""
    places = Places(1)
    place = stack.enter_context(places.taken())
    wait(place)
    wait(place)
    assert is_free(places)


def test_only_one_is_let_in_for_one_that_waits(stack: ExitStack) -> None:
    """A place is lent once."""
    places = Places(1)
    wait(stack.enter_context(places.taken()))
    stack.enter_context(places.taken())
    assert not is_free(places)


def test_who_works_again_has_its_place_again(stack: ExitStack) -> None:
    """Then one more than places may run; nobody comes in until there is room."""
    places = Places(1)
    first = stack.enter_context(places.taken())
    wait(first)
    second = places.taken()
    with second:
        work(first)
    assert not is_free(places)


def test_a_lent_place_is_not_given_back_twice() -> None:
    """Who ends while its place is another's makes no second one."""
    places = Places(1)
    with places.taken() as place:
        wait(place)
    with places.taken():
        assert not is_free(places)


def test_waiting_programs_may_hold_as_much_memory_as_running_ones(stack: ExitStack) -> None:
    """Beyond that a place is kept, so that memory has a bound."""
    places = Places(2)
    for held in (MANY, MANY):
        wait(stack.enter_context(places.taken()), held)
    third = stack.enter_context(places.taken())
    stack.enter_context(places.taken())
    wait(third, 1)
    assert not is_free(places)


def test_who_grows_while_it_waits_takes_its_place_back(stack: ExitStack) -> None:
    """Memory counts as it is, not as it was."""
    places = Places(1)
    place = stack.enter_context(places.taken())
    wait(place)
    assert is_free(places)
    wait(place, MANY + 1)
    assert not is_free(places)


def test_a_bounded_number_waits(stack: ExitStack) -> None:
    """Each takes descriptors and a process."""
    places = Places(1)
    for _ in range(MOST_WAITING):
        wait(stack.enter_context(places.taken()))
    wait(stack.enter_context(places.taken()))
    assert not is_free(places)


def test_few_descriptors_are_not_used_up(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process may open few files, fewer programs wait: half of what there is stays free for all else."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (72, 72))
    places = Places(1)
    for _ in range(3):
        wait(stack.enter_context(places.taken()))
    wait(stack.enter_context(places.taken()))
    assert not is_free(places)


def test_who_asks_first_is_served_first() -> None:
    """Nobody is overtaken."""
    places, order, askers = Places(1), [], []

    def ask(number: int) -> None:
        with places.taken():
            order.append(number)

    with places.taken():
        for number in range(20):
            askers.append(threading.Thread(target=ask, args=(number,)))
            askers[-1].start()
            wait_until(lambda asked=number + 1: len(places._queue) >= asked)  # type: ignore[misc]  # its own number
    for asker in askers:
        asker.join()
    assert [*range(20)] == order


@PROPERTY
@given(number=st.integers(1, 3), deeds=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30))
def test_when_all_have_left_all_places_are_free(number: int, deeds: list[tuple[int, bool]]) -> None:
    """Whatever programs did meanwhile, no place is lost and none is made."""
    places, running = Places(number), ExitStack()
    taken: list[Place] = []
    with running:
        for index, waits in deeds:
            if places._free > 0 and len(taken) < 5:
                taken.append(running.enter_context(places.taken()))
            elif taken:
                (wait if waits else work)(taken[index % len(taken)])
    assert number == places._free


def test_many_threads_share_few_places() -> None:
    """No more run at a time than there are places, as long as nobody waits."""
    places, running, most = Places(2), [0], [0]
    lock = threading.Lock()

    def run(_: int) -> None:
        with places.taken():
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            with lock:
                running[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(500)))
    assert most[0] <= 2
