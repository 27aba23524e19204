"""`python -m chainsim`."""

from chainsim.cli.main import main

if __name__ == "__main__":
    main()
