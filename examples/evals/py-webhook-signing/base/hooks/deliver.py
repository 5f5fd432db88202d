import hashlib
import hmac
import json


def request_for(target, event):
    body = json.dumps(event, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {target.token}",
        "X-Signature": hmac.new(target.secret, body, hashlib.sha256).hexdigest(),
    }
    return headers, body


def deliver(target, event, post):
    """True when the target took the event. `post(url, headers, body)` gives the status."""
    headers, body = request_for(target, event)
    return post(target.url, headers, body) < 300
