"""Measure the webhook dispatcher against a bare floor and two peers: see command.py."""
