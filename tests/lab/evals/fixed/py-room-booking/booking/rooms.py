from collections import defaultdict


class Taken(Exception):
    pass


class TooLong(Exception):
    pass


class Rooms:
    """Bookings by room. `calendar.publish(room, booking)` tells everybody else; it may raise OSError, and then nothing
    is booked."""

    def __init__(self, calendar, longest=None):
        self._bookings = defaultdict(list)
        self._calendar = calendar
        self._longest = longest

    async def book(self, room, booking):
        if self._longest is not None and booking.end - booking.start > self._longest:
            raise TooLong(room)
        if any(booking.overlaps(other) for other in self._bookings[room]):
            raise Taken(room)
        self._bookings[room].append(booking)
        try:
            await self._calendar.publish(room, booking)
        except BaseException:
            self._bookings[room].remove(booking)
            raise

    def bookings(self, room):
        return sorted(self._bookings[room], key=lambda booking: booking.start)
