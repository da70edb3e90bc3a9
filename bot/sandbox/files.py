"""Files shared in the workspace."""

import mimetypes
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

_TEXT_TYPES = {".md": "text/markdown", ".yaml": "text/yaml", ".yml": "text/yaml"}


@dataclass
class StoredFile:
    """A file; `content` is None between the reservation of its id and the upload."""

    id: str
    name: str
    size: int
    user: str
    created: int
    title: str = ""
    alt: str = ""
    content: bytes | None = None
    is_complete: bool = False
    channels: list[str] = field(default_factory=list)
    shares: dict[str, list[str]] = field(default_factory=dict)

    @property
    def mimetype(self) -> str:
        """The media type by the name's ending."""
        ending = self.name[self.name.rfind(".") :].lower()
        guessed, _ = mimetypes.guess_type(self.name)
        return _TEXT_TYPES.get(ending) or guessed or "application/octet-stream"

    @property
    def filetype(self) -> str:
        """Slack's short type: the name's ending."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else "binary"


def file_object(file: StoredFile, *, base_url: str) -> dict[str, Any]:
    """Return Slack's file object."""
    name = quote(file.name)
    private = f"{base_url}/files-pri/{file.id}/{name}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "user": file.user,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": private,
        "url_private_download": private,
        "permalink": f"{base_url}/sandbox/files/{file.id}/{name}",
        **({"alt_txt": file.alt} if file.alt else {}),
        "channels": list(file.channels),
        "groups": [],
        "ims": [],
        "shares": {
            "public": {
                channel: [{"ts": ts} for ts in stamps] for channel, stamps in file.shares.items()
            }
        },
    }
