import hashlib
import hmac
import json
import logging
import time
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
SLOW = 2.0  # seconds


def request_for(target, event):
    body = json.dumps(event, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {target.token}",
        "X-Signature": hmac.new(target.secret, body, hashlib.sha256).hexdigest(),
    }
    return headers, body


def deliver(target, event, post):
    """True when the target took the event. `post(url, headers, body)` gives the status or raises OSError."""
    headers, body = request_for(target, event)
    host = urlsplit(target.url).hostname  # the path of a hook often holds a key
    started = time.monotonic()
    try:
        status = post(target.url, headers, body)
    except OSError as error:
        log.warning("hook to %s failed: %s (%d bytes)", host, error, len(body))
        return False
    seconds = time.monotonic() - started
    if status >= 300:
        log.warning("hook to %s refused with %d after %.1f s", host, status, seconds)
        return False
    if seconds > SLOW:
        log.warning("hook to %s took %.1f s", host, seconds)
    else:
        log.info("hook to %s delivered in %.1f s", host, seconds)
    return True
