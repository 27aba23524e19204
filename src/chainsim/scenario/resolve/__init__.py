"""Which value holds: inheritance, tiers, policies, `--set`, and the source of each number."""
