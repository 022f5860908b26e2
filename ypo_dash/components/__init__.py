"""Dash widgets that pages share."""
