"""Which workspace a command or a request means, by name or because there is only one."""

from sqlalchemy import Connection

from storage import workspaces


class WorkspaceUnclear(LookupError):
    """No workspace is meant, or none that Handoff knows; the message says what to do."""


class NoWorkspace(WorkspaceUnclear):
    """Handoff has not met a workspace yet; start `handoff run` once, then try again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class SeveralWorkspaces(WorkspaceUnclear):
    """There are several workspaces; name one with --workspace."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} Known: {', '.join(known)}.")
        self.known = known


class UnknownWorkspace(WorkspaceUnclear):
    """Handoff does not know this workspace; nothing was done."""

    def __init__(self, named: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} Got “{named}”. Known: {', '.join(known)}.")
        self.named = named
        self.known = known


def workspace_meant(connection: Connection, named: str | None) -> str:
    """Return the workspace of that name, or the only one for whoever named none.

    Raises:
        NoWorkspace: if there is none at all.
        SeveralWorkspaces: if there are several and none was named.
        UnknownWorkspace: if there is none of that name: what were stored there nobody would see.
    """
    known = tuple(one.workspace for one in workspaces.everyone(connection))
    if not known:
        raise NoWorkspace
    if named is not None:
        if named not in known:
            raise UnknownWorkspace(named, known)
        return named
    if len(known) > 1:
        raise SeveralWorkspaces(known)
    return known[0]
