"""`python -m callcenter`, and the `callcenter` command."""

from callcenter.cli.app import main

if __name__ == "__main__":
    main()
