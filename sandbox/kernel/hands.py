"""How a stand-in says no to the hands of people: one error for desk, control API and tests."""


class NotAccepted(ValueError):
    """What was asked cannot be done. `errors`: field path to message; `status`: the HTTP status that fits."""

    def __init__(self, status: int, title: str, errors: dict[str, str]) -> None:
        self.status, self.errors = status, errors
        said = "; ".join(f"{name}: {text}" for name, text in errors.items())
        super().__init__(said or title)
