"""What the sections mean together: prices, firms, who supplies whom, the plan."""
