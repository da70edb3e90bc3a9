"""What a chat message says about a lead, to fill the form in; a person looks it over."""

import re

from handoff.intake.contact import BadEmail, is_free_mail, read_email

_LINK = re.compile(r"<(?:mailto:|tel:)?([^|>]*)(?:\|([^>]*))?>")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+\d[\d ()./-]{6,24}\d")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_LONGEST = 20_000


def read_message(text: str) -> dict[str, str]:
    """Return `email`, `phone`, `company` and `note` as far as a message says them.

    Links of Slack's markup are read as the words that people see.
    """
    plain = _LINK.sub(lambda link: link[2] or link[1], text[:_LONGEST])
    for entity, letter in _ENTITIES:
        plain = plain.replace(entity, letter)
    found = {"note": plain.strip()}
    email = _EMAIL.search(plain)
    if email is not None:
        found |= _of_email(email[0].rstrip(".'-"))
    phone = _PHONE.search(plain)
    if phone is not None:
        found["phone"] = phone[0]
    return {name: value for name, value in found.items() if value}


def _of_email(text: str) -> dict[str, str]:
    """Return an address, and the company that its domain seems to name."""
    try:
        email = read_email(text)
    except BadEmail:
        return {}
    if is_free_mail(email.domain):
        return {"email": email.address}
    name = email.domain.partition(".")[0].replace("-", " ").title()
    return {"email": email.address, "company": name}
