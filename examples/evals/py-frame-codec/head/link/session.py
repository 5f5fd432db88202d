from link.frames import SEQUENCES, Frame, Kind, encode
from link.reader import Reader


class Session:
    def __init__(self, send):
        self._send = send
        self._reader = Reader()
        self._sequence = 0
        self._expected = 0
        self.received = []
        self.lost = 0

    def open(self, name):
        self._emit(Kind.HELLO, name.encode())

    def write(self, payload):
        self._emit(Kind.DATA, payload)

    def feed(self, data):
        for frame in self._reader.feed(data):
            self.lost += (frame.sequence - self._expected) % SEQUENCES
            self._expected = (frame.sequence + 1) % SEQUENCES
            self.received.append(frame)

    def _emit(self, kind, payload):
        self._send(encode(Frame(kind, payload, self._sequence)))
        self._sequence += 1
