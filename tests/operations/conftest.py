"""An operator for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.operations.commands import Operator, at_work


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    with at_work() as operator:
        yield operator
