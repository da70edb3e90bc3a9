"""Files of Slack: read whole, or the reason why not, told apart."""

from bot.gateways.outcomes import Refused
from bot.gateways.slack import SlackGateway
from tests.support.house import BOT_TOKEN, House


def gateway(house: House, *, token: str = BOT_TOKEN) -> SlackGateway:
    """The Web API of the house's sandbox."""
    return SlackGateway(token=token, base_url=house.sandbox.api_url, timeout=10)


def url_of(house: House, content: bytes) -> str:
    """Upload a file as Ria; return where its bytes are."""
    file = house.person("ria").upload("leads.csv", content)
    told = gateway(house).file_info(file=file)
    return str(told.data["file"]["url_private_download"])  # type: ignore[union-attr]


def test_a_file_is_read_whole(house: House) -> None:
    """Up to as many bytes as asked for, and not one more."""
    url = url_of(house, b"12345")

    assert gateway(house).download(url=url, most=5) == b"12345"
    assert gateway(house).download(url=url, most=4) == Refused("file_too_large")


def test_without_access_there_is_a_page_instead(house: House) -> None:
    """Slack answers 200 with its page to sign in; that is no file of leads."""
    url = url_of(house, b"12345")

    found = gateway(house, token="xoxb-other").download(url=url, most=5)

    assert isinstance(found, Refused)
    assert found.error == "no_access"


def test_a_file_that_is_gone_is_a_failure(house: House) -> None:
    """Not bytes, and not an exception."""
    found = gateway(house).download(url=f"{url_of(house, b'1')}x/y", most=5)

    assert not isinstance(found, bytes)
