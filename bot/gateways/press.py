"""The press: Typst source in, PDF out, in a short-lived child process.

A child keeps the compiler's memory out of the app and can be stopped when a document hangs it.
"""

import subprocess
import sys
from datetime import timedelta

PRESS_TIME = timedelta(seconds=60)


class PressFailed(RuntimeError):
    """The PDF could not be made; the Markdown and HTML versions say the same.

    Attributes:
        detail: What the compiler said, for the log.
    """

    def __init__(self, detail: str) -> None:
        super().__init__("The PDF could not be made; the Markdown and HTML say the same.")
        self.detail = detail


def press_pdf(source: str, *, time: timedelta = PRESS_TIME) -> bytes:
    """Return the PDF of a Typst source. The same source gives the same bytes.

    Args:
        source: Self-contained Typst source, as `handoff.documents` renders it.
        time: How long the compiler may take.

    Raises:
        PressFailed: if the compiler refused the source, crashed or took too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.gateways.press"],
            input=source.encode(),
            capture_output=True,
            timeout=time.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise PressFailed(f"no PDF after {time.total_seconds():.0f} s") from exc
    if done.returncode != 0:
        raise PressFailed(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def main() -> None:
    """Compile standard input to standard output; what the child process runs."""
    import typst

    pdf = typst.compile(sys.stdin.buffer.read(), format="pdf", ignore_system_fonts=True)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
