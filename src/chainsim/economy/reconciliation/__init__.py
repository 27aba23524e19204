"""Simulated minus analytic, explained: every term measured or a counterfactual rerun, none computed from the rest."""
