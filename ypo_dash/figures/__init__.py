"""Frames to map layers and classes; pure."""
