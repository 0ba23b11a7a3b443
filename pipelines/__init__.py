"""HOW: frames in, frames out. The day, the seed and the policy are arguments."""
