"""Compare-and-set: who changes something says which revision they saw."""


class StaleRevision(RuntimeError):
    """Somebody else changed this meanwhile; load it again and repeat the change."""

    def __init__(self, subject: str, expected: int) -> None:
        super().__init__(f"{self.__doc__} ({subject}, revision {expected} was expected)")
        self.subject = subject
        self.expected = expected
