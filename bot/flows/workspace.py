"""Which workspace a command or a request means when it names none."""

from sqlalchemy import Connection

from storage import workspaces


class NoWorkspace(LookupError):
    """Handoff has not met a workspace yet; start `handoff run` once, then try again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class SeveralWorkspaces(LookupError):
    """There are several workspaces; name one with --workspace."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} Known: {', '.join(known)}.")
        self.known = known


def only_workspace(connection: Connection) -> str:
    """Return the workspace, for whoever did not name one.

    Raises:
        NoWorkspace: if there is none.
        SeveralWorkspaces: if there are several.
    """
    known = tuple(one.workspace for one in workspaces.everyone(connection))
    if not known:
        raise NoWorkspace
    if len(known) > 1:
        raise SeveralWorkspaces(known)
    return known[0]
