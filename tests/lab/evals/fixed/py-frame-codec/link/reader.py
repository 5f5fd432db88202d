from link.frames import HEADER, Frame, Kind


class Reader:
    """Takes bytes as they come and gives frames."""

    def __init__(self):
        self._data = bytearray()

    def feed(self, data):
        self._data += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self):
        if len(self._data) < HEADER.size:
            return None
        sequence, kind, length = HEADER.unpack_from(self._data)
        end = HEADER.size + length
        if len(self._data) < end:
            return None
        payload = bytes(self._data[HEADER.size : end])
        del self._data[:end]
        return Frame(Kind(kind), payload, sequence)
