from sensor import limits


class Bus:
    """A serial bus. `port` has `open(ms)`, `send(data)`, `receive(ms)` and `close()`."""

    def __init__(self, port):
        self.port = port
        self.opened = False

    def open(self):
        self.port.open(limits.CONNECT)
        self.opened = True

    def ask(self, address, register):
        if not self.opened:
            self.open()
        self.port.send(bytes([address, register]))
        return self.port.receive(limits.DEFAULT_WAIT)

    def idle(self, quiet_for):
        """Closes the port when nothing was sent for `quiet_for` seconds, and that is long enough."""
        if self.opened and quiet_for * 1000 >= limits.IDLE:
            self.port.close()
            self.opened = False
