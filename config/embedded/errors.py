"""What goes wrong with an embedded server, as one line that a person can act on."""


class EmbeddedServerError(Exception):
    """An embedded server cannot be started; the message says why and what to do."""
