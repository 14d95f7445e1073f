"""The one exception of this package."""

from __future__ import annotations

__all__ = ["EmbeddedServerError"]


class EmbeddedServerError(RuntimeError):
    """The server cannot be started, stopped or used as asked.

    The message is written for the person who reads it: it names the directory, process or
    setting concerned and, where a program failed, ends with what that program wrote.
    """
