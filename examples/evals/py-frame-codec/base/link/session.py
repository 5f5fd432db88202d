from link.frames import Frame, Kind, encode
from link.reader import Reader


class Session:
    def __init__(self, send):
        self._send = send
        self._reader = Reader()
        self.received = []

    def open(self, name):
        self._send(encode(Frame(Kind.HELLO, name.encode())))

    def write(self, payload):
        self._send(encode(Frame(Kind.DATA, payload)))

    def feed(self, data):
        self.received += self._reader.feed(data)
