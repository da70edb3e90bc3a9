"""Who waits longer than usual is told for what."""

import time

import pytest

from bot.cli.waiting import telling_if_long


@pytest.mark.parametrize(("lasts", "said"), [(0.3, "Proving …\n"), (0.0, "")])
def test_only_a_long_wait_is_explained(
    capsys: pytest.CaptureFixture[str], lasts: float, said: str
) -> None:
    """On standard error, once; what is printed for programs stays as it is."""
    with telling_if_long("Proving …", seconds=0.1):
        time.sleep(lasts)
    time.sleep(0.2)

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", said)


def test_an_error_goes_through_and_ends_the_wait(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said after the command failed."""
    with pytest.raises(ValueError, match="bad"), telling_if_long("Proving …", seconds=0.1):
        raise ValueError("bad")
    time.sleep(0.2)

    assert capsys.readouterr().err == ""
