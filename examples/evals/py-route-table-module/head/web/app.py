from web import books

ROUTES = {
    ("GET", 1): books.index,
    ("POST", 1): books.add,
    ("DELETE", 2): books.delete,
}


def handle(method, path, request):
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] == "books":
        view = ROUTES.get((method, len(parts)))
        if view is not None:
            return view(request, *parts[1:])
        return 405, {"error": "method not allowed"}
    return 404, {"error": "not found"}
