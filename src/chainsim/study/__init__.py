"""Trials, replications and the processes that run them."""
