"""From bytes to marked nodes: files, YAML, CSV, and the lines that messages show."""
