"""The only reader and writer of stored data: snapshots, import, queries."""
