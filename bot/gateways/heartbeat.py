"""The outside dead-man switch: it alarms when it is not called any more."""

import logging
from http.client import HTTPException
from urllib.request import urlopen

_LOG = logging.getLogger(__name__)

#: Seconds to wait for its answer.
_TIMEOUT = 10


def beat(*, url: str) -> bool:
    """Call the switch once; a failure is logged, for the switch itself will tell people.

    Args:
        url: Its address, from HANDOFF_HEARTBEAT_URL.

    Returns:
        Whether it answered well.
    """
    try:
        with urlopen(url, timeout=_TIMEOUT) as answer:
            answer.read(1)
    except (OSError, HTTPException) as exc:
        # Without the address: whoever knows it can keep the switch quiet.
        _LOG.warning("The heartbeat address could not be called (%s)", type(exc).__name__)
        return False
    return True
