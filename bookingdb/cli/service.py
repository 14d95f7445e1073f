"""What commands share that run until they are told to stop: their log, and the signals."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

__all__ = ["logging_to_stderr", "stopped_by_signals"]

# Without the local variables, which structlog shows unless it is told not to: there are secrets
# among them, and what customers said.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM call `stop`, and nothing else."""
    before = {
        number: signal.signal(number, lambda *_: stop())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def logging_to_stderr(*, as_json: bool, verbose: bool) -> Iterator[None]:
    """Within the block the log goes to stderr, for people or as JSON lines."""
    # A refused address is told in the attempt; the library's own warning would tell it twice.
    logging.getLogger("requests_hardened").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(
                (_TRACEBACKS, structlog.processors.JSONRenderer())
                if as_json
                else (
                    structlog.dev.ConsoleRenderer(
                        colors=sys.stderr.isatty(),
                        exception_formatter=structlog.dev.plain_traceback,
                    ),
                )
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()
