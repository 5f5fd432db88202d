import logging

from booking.rooms import Taken, TooLong

log = logging.getLogger(__name__)


async def post_booking(rooms, room, booking):
    try:
        await rooms.book(room, booking)
    except Taken:
        return 409, {"error": f"{room} is taken at that time"}
    except TooLong:
        return 422, {"error": f"{room} cannot be booked for that long"}
    except OSError as error:
        log.warning("calendar: %s", error)
        return 503, {"error": "the calendar does not answer"}
    return 201, {"room": room, "who": booking.who}
