"""Money: the ledger, the Leontief mathematics of the same network, and multipliers."""
