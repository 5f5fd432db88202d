def describe(route):
    return f"{' – '.join(route.stops)}: {route.km:.1f} km"
