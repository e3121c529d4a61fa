"""A receiver of webhooks, which PyPI's standardwebhooks verifies.

Usage: receiver.py PORT-FILE NAME=SECRET...

It listens on a port of loopback that the kernel chooses, writes it to PORT-FILE, and
prints a line for each request, its words separated by tabs:

    PATH  STATUS  TYPE  WATCH  ID  VERIFIED

VERIFIED are the names of the secrets that verify the request, each by itself, with
commas; "-": none does. Altered requests must not verify: of one that does, it says
FORGED. TYPE and WATCH are "alerts" and their status of what Alertmanager sends, which
signs nothing. STATUS is 204, or 401 where a signature is asked for and none verifies;
but of each id the first request to a path that ends with /again is answered 503.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SECRETS = {}
SEEN = set()
LOCK = Lock()


def verifies(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def altered(body, headers):
    """The request with one thing changed, each in its turn."""
    yield body.replace(b"watch.", b"watch,", 1), headers
    yield body, {**headers, "webhook-id": headers["webhook-id"] + "0"}
    yield body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}


def verified(body, headers):
    """The names of the secrets that verify it."""
    names = [name for name, secret in SECRETS.items() if verifies(secret, body, headers)]
    if not names:
        return "-"
    if any(verifies(SECRETS[name], *forged) for name in names for forged in altered(body, headers)):
        return "FORGED"
    return ",".join(names)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        content = json.loads(body)
        name = headers.get("webhook-id", "-")
        if "alerts" in content:
            words = ["alerts", content["status"]]
        else:
            words = [content["type"], content["data"]["watch"]]
        with LOCK:
            names = verified(body, headers)
            status = 204 if names not in ("-", "FORGED") or words[0] == "alerts" else 401
            if self.path.endswith("/again") and (self.path, name) not in SEEN:
                status = 503
            SEEN.add((self.path, name))
            print(self.path, status, *words, name, names, sep="\t", flush=True)
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    port_file, *secrets = sys.argv[1:]
    SECRETS.update(secret.split("=", 1) for secret in secrets)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    with open(f"{port_file}.part", "w", encoding="ascii") as file:
        print(server.server_address[1], file=file)
    os.rename(f"{port_file}.part", port_file)
    server.serve_forever()


main()
