def fare(route, per_km=0.2, base=2.5):
    return round(base + route.distance() * per_km, 2)
