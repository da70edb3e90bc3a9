"""What was made of a value is kept with it, and not for ever."""

from handoff.kept import Kept


def test_the_same_object_is_made_something_of_once() -> None:
    """An equal one that is not the same is made anew: only who holds it knows that it stays."""
    asked: list[list[int]] = []

    def length(value: list[int]) -> int:
        asked.append(value)
        return len(value)

    kept = Kept(length)
    one, other = [1, 2], [1, 2]

    assert [kept(value) for value in (one, one, other, one)] == [2, 2, 2, 2]
    assert [value is one for value in asked] == [True, False]


def test_it_forgets_when_there_are_too_many() -> None:
    """However many come along, only so many are held; those that come again are made anew."""
    kept = Kept(len, most=3)
    values = [[0] * length for length in range(10)]

    assert [kept(value) for value in values] == list(range(10))
    assert [kept(value) for value in values] == list(range(10))
    assert len(kept._kept) <= 3


def test_an_object_that_takes_the_place_of_a_forgotten_one_is_another() -> None:
    """What is kept holds its value, so that no other can have its identity."""
    kept = Kept(len, most=2)

    assert [kept([0] * length) for length in range(50)] == list(range(50))
