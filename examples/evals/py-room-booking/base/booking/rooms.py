from collections import defaultdict


class Taken(Exception):
    pass


class Rooms:
    def __init__(self):
        self._bookings = defaultdict(list)

    def book(self, room, booking):
        if any(booking.overlaps(other) for other in self._bookings[room]):
            raise Taken(room)
        self._bookings[room].append(booking)

    def bookings(self, room):
        return sorted(self._bookings[room], key=lambda booking: booking.start)
