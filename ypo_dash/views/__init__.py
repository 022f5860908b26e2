"""(store, filters) to frozen dataclasses shared by pages, exports and reports."""
