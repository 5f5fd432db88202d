import time

from sensor import limits


class Poller:
    """Asks for a register until it holds something, or time is up."""

    def __init__(self, bus, clock=time.monotonic, sleep=time.sleep):
        self.bus = bus
        self.clock = clock
        self.sleep = sleep

    def run(self, address, register, every=0.2):
        deadline = self.clock() + limits.DEFAULT_WAIT / 1000
        while limits.remaining(deadline, self.clock()) > 0:
            value = self.bus.ask(address, register)
            if value:
                return value
            self.sleep(every)
        raise TimeoutError(f"register {register} of {address} stays empty")
