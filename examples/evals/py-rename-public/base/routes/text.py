def describe(route):
    stops = [route.legs[0].start, *(leg.end for leg in route.legs)] if route.legs else []
    return f"{' – '.join(stops)}: {route.distance():.1f} km"
