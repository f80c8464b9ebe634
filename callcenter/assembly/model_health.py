"""Why the model cannot be used, until it can be again."""

from callcenter.domain import events as e


class ModelHealth:
    """Watches the facts of all calls.

    What a second try may heal is no trouble; a wrong key, a used-up quota or a model
    that is not there is, and every caller meets it.
    """

    def __init__(self) -> None:
        self.trouble = ""
        """A sentence; empty when the last session that was asked for could open."""

    def watch(self, fact: e.Fact) -> None:
        """Take a fact into account."""
        match fact.event:
            case e.SessionLost(reason=reason, final=True):
                self.trouble = f"Agents cannot answer. {reason}"
            case e.SessionOpened():
                self.trouble = ""
            case _:
                pass
