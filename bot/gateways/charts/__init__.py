"""Drawing pictures with matplotlib; only the press's child process imports this package."""
