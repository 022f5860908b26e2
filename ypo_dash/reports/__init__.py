"""Views to printed documents: A4 pages of text, tables and vector pictures, through Typst."""
