"""What a supply network is and what its rules are: no YAML, no pandas, no clock."""
