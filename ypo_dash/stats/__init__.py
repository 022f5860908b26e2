"""One statistic per file: arrays and frames in, frames out."""
