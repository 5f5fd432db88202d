from booking.rooms import Taken


def post_booking(rooms, room, booking):
    try:
        rooms.book(room, booking)
    except Taken:
        return 409, {"error": f"{room} is taken at that time"}
    return 201, {"room": room, "who": booking.who}
