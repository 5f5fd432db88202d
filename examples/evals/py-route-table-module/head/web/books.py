"""What can be done with books. Views take the request and the rest of the path, and give status and body."""

import json


def index(request):
    return 200, {"books": request["db"]}


def add(request):
    body = json.loads(request["body"])
    if not isinstance(body.get("title"), str) or not body["title"].strip():
        return 422, {"error": "title is missing"}
    request["db"].append({"title": body["title"].strip()})
    return 201, request["db"][-1]


def delete(request, number):
    try:
        removed = request["db"].pop(int(number))
    except (ValueError, IndexError):
        return 404, {"error": "no such book"}
    return 200, removed
