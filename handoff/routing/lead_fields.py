"""A lead's fields as routing rules see them, live and in a replay."""

from collections.abc import Callable, Mapping

from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.people import person_named
from handoff.routing.fields import is_missing

_OWNERS = (("account_owner", "account_owner_email"), ("named_rep", "named_rep_email"))


def lead_fields(
    *,
    source: str,
    attributes: Mapping[str, object],
    score: int | None,
    domain: str | None,
    directory: Directory,
    owner_of: Callable[[str], PersonKey | None],
) -> dict[str, object]:
    """Return a lead's fields, with owners as keys of people.

    An owner that the lead itself names counts before the owner of its company's account; the
    address of somebody who is not (or no longer) in Slack names nobody.

    Args:
        source: What its source is called.
        attributes: Normalised fields.
        score: 0 to 100, or None.
        domain: The company's registered domain, or None.
        directory: Who is in the workspace.
        owner_of: From a domain to the owner of exactly that account, asked when needed.
    """
    fields: dict[str, object] = {"source": source, **attributes}
    if score is not None:
        fields["score"] = score
    for name, by_email in _OWNERS:
        if name in fields or by_email in fields:
            told = (fields.get(name), fields.get(by_email))
            found = (person_named(directory=directory, told=one) for one in told)
            fields[name] = next(filter(None, found), None)
    if domain and fields.get("account_owner") is None:
        fields["account_owner"] = owner_of(domain)
    return {name: value for name, value in fields.items() if not is_missing(value)}
