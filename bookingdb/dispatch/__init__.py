"""Delivers what happens to bookings to webhooks."""
