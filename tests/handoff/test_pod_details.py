"""A pod's members as text: written, read back, and refused with what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.directory import PodMember
from handoff.pod_details import BadDetails, format_details, read_details

NAMES = {"U1": "Dana Lopez", "U2": "Eli Brandt", "U3": "Eli Stone"}
CALENDARS = ("default", "London")
CAPS = st.one_of(st.none(), st.integers(0, 999))


def read(text: str) -> tuple[PodMember, ...]:
    """Read details of the small pod."""
    return read_details(text=text, members=tuple(NAMES), names=NAMES, calendars=CALENDARS)


@given(
    st.tuples(
        *(
            st.builds(
                PodMember,
                person=st.just(key),
                role=st.sampled_from(["sdr", "ae", "account manager"]),
                weight=st.integers(1, 100),
                daily_cap=CAPS,
                open_cap=CAPS,
                calendar=st.sampled_from([None, *CALENDARS]),
            )
            for key in NAMES
        )
    )
)
def test_details_are_written_and_read_back(members: tuple[PodMember, ...]) -> None:
    """What the editor shows is what it saves when nothing is changed."""
    assert read(format_details(members=members, names=NAMES)) == members


def test_a_first_name_and_loose_spelling_will_do() -> None:
    """Unique in the pod, any case, colon or not."""
    dana, *_ = read("@dana: role AE, Weight: 2, daily cap 20, open=40, calendar LONDON")

    assert dana == PodMember(
        person="U1", role="ae", weight=2, daily_cap=20, open_cap=40, calendar="London"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dana weight 2", "no colon"),
        ("Zoe: ae", "“Zoe” is not a member of this pod. Members are: Dana Lopez"),
        ("Eli: ae", "“Eli” means several members"),
        ("Dana: 20%", "“20%” is not understood"),
        ("Dana: weight 0", "between 1 and 100"),
        ("Dana: weight 101", "between 1 and 100"),
        ("Dana: calendar Mars", "no calendar “Mars”. There are: default, London"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(text: str, told: str) -> None:
    """With what is wrong and what there is."""
    with pytest.raises(BadDetails) as caught:
        read(text)

    assert told in str(caught.value)
