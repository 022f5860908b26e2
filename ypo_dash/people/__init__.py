"""Accounts, sessions, devices, sharing links, and the record of who saw what."""
