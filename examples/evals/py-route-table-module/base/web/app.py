import json


def list_books(request):
    return 200, {"books": request["db"]}


def add_book(request):
    body = json.loads(request["body"])
    if not isinstance(body.get("title"), str) or not body["title"].strip():
        return 422, {"error": "title is missing"}
    request["db"].append({"title": body["title"].strip()})
    return 201, request["db"][-1]


def delete_book(request, number):
    try:
        removed = request["db"].pop(int(number))
    except (ValueError, IndexError):
        return 404, {"error": "no such book"}
    return 200, removed


def handle(method, path, request):
    parts = [part for part in path.split("/") if part]
    if parts == ["books"] and method == "GET":
        return list_books(request)
    if parts == ["books"] and method == "POST":
        return add_book(request)
    if len(parts) == 2 and parts[0] == "books" and method == "DELETE":
        return delete_book(request, parts[1])
    if parts and parts[0] == "books":
        return 405, {"error": "method not allowed"}
    return 404, {"error": "not found"}
