"""What speed is compared with: cases, other programs, and the command that measures them side by side."""
