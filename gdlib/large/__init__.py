"""Data larger than memory: read in blocks, summed here or on a cluster, descended on with checkpoints."""
