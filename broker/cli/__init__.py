"""The command `antrean`, and processes that it and the pages start. Who is one of these loads no commands."""


def main() -> int:
    """Run the command `antrean`; return its exit code."""
    from broker.cli import commands  # noqa: PLC0415 - what the reports of the pages need is a part of it

    return commands.main()
