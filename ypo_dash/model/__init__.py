"""Vocabulary: the filter state, offences and scenes, district settings, errors. Imports nothing of ours but ``i18n``."""
