"""The scenario language: YAML text to a validated, frozen Scenario, and on to a Network."""
