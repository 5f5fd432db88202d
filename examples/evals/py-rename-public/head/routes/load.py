from routes.route import Leg, Route


def load(rows):
    """A route from rows with start, end and distance in km, as the timetable has them."""
    route = Route()
    for row in rows:
        route.add(Leg(row["start"], row["end"], km=float(row["distance"])))  # the timetable's own name for it
    return route
