"""Sources: incident files of any kind to canonical rows."""

from ypo_dash.sources.context import Counts, SourceContext
from ypo_dash.sources.guess import guess_profile
from ypo_dash.sources.profile import Profile, load_profile, shipped_profiles
from ypo_dash.sources.reader import Batch, Source, read_incidents
from ypo_dash.sources.sniff import describe_file

__all__ = [
    "Batch",
    "Counts",
    "Profile",
    "Source",
    "SourceContext",
    "describe_file",
    "guess_profile",
    "load_profile",
    "read_incidents",
    "shipped_profiles",
]
