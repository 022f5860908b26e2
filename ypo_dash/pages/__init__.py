"""Pages and HTTP: layout, update, register."""
