"""Addresses and methods that there are not: told as every other refusal, and never redirected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house."""
    with open_house(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "path", ["/v1/leads/", "/v1/leads/batch/", "/v1/touches/", "/v1/lead", "/V1/leads", "/"]
)
def test_a_wrong_address_is_a_problem_that_says_so(house: House, path: str) -> None:
    """A sender that follows no redirect would lose the lead, and one that does, its key."""
    answer = house.client.post(path, json={})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert f"There is nothing at {path}." in answer.json()["detail"]
    assert "/docs" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "DELETE"])
def test_a_wrong_method_is_a_problem_that_names_the_right_one(house: House, method: str) -> None:
    """The answer has `Allow`, as HTTP wants it."""
    answer = house.client.request(method, "/v1/leads")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"] == "POST"
    assert f"/v1/leads takes POST, not {method}." in answer.json()["detail"]
