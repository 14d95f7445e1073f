"""A report of a business: the figures, which the database works out, and their plots."""

from bookingdb.report.figures import Report, collect

__all__ = ["Report", "collect"]
