"""The command line: parse, call, print. The only package that knows Typer and Rich."""
