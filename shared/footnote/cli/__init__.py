"""The command line: `footnote up`, and everything that a person or a script asks of an API."""

import signal


def main() -> None:
    """Run the command that the arguments name.

    Loading takes a moment. Ctrl-C ends it as it ends any program, and not with a traceback from
    the middle of some import; from then on each command says itself what it means.
    """
    loads_quietly = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if loads_quietly:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from footnote.cli.application import app

    if loads_quietly:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app()
