"""Reads the Consul and Nomad files in docker/ and holds their numbers together.

Prints, for each health check in them, a line of words separated by tabs:

    FILE  NAME  PATH

It exits 1 with a line that says what is wrong.
"""

import json
import re
import sys

import hcl2

CONSUL = "docker/consul/accountservice.hcl"
REGISTER = "docker/consul/register.json"
NOMAD = "docker/nomad/accountservice.nomad.hcl"
PORT = 6767
# What the service grants to open requests after its drain, in seconds.
CLOSING = 5


def fail(file, text):
    sys.exit(f"{file}: {text}")


def bare(value):
    """The parser's value without the quotes, comments and marks that it keeps."""
    if isinstance(value, dict):
        return {bare(key): bare(each) for key, each in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return value.strip('"') if isinstance(value, str) else value


def read(file):
    with open(file, encoding="utf-8") as text:
        return bare(hcl2.load(text))


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m|h)", text).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600}[unit]


def path_of(file, url):
    base = f"http://127.0.0.1:{PORT}"
    if not url.startswith(base):
        fail(file, f"{url} is not at {base}")
    return url.removeprefix(base)


def check_times(file, check):
    if seconds(check["timeout"]) > seconds(check["interval"]):
        fail(file, f"{check['name']}: the timeout is longer than the interval")


def consul():
    (service,) = read(CONSUL)["service"]
    with open(REGISTER, encoding="utf-8") as text:
        registration = json.load(text)
    # The same in the words of the API.
    words = {"http": "HTTP"}
    told = [
        {words.get(key, key.title().replace("_", "")): value for key, value in check.items()}
        for check in service["checks"]
    ]
    if registration != {"Name": service["name"], "Port": service["port"], "Checks": told}:
        fail(REGISTER, f"does not say what {CONSUL} says")
    if service["port"] != PORT:
        fail(CONSUL, f"the port is not {PORT}")
    for check in service["checks"]:
        check_times(CONSUL, check)
        path = path_of(CONSUL, check["http"])
        # A drain or maintenance must not strike an instance off.
        after = check.get("deregister_critical_service_after")
        if (after is not None) != (path == "/health") or (after and seconds(after) < 60):
            fail(CONSUL, f"{check['name']}: struck off after {after}")
        print(CONSUL, check["name"], path, sep="\t")


def nomad():
    ((_, job),) = read(NOMAD)["job"][0].items()
    ((_, group),) = job["group"][0].items()
    ((_, task),) = group["task"][0].items()
    (service,) = group["service"]
    (network,) = group["network"]
    ((label, port),) = network["port"][0].items()
    (config,) = task["config"]
    if not (label == service["port"] == config["ports"][0] and port["to"] == PORT):
        fail(NOMAD, "the ports do not fit together")
    (drain,) = [word for word in config["args"] if word.startswith("--drain=")]
    if seconds(drain.split("=")[1]) + CLOSING >= seconds(task["kill_timeout"]):
        fail(NOMAD, "kill_timeout is too short for the drain")
    for check in service["check"]:
        check_times(NOMAD, check)
        if ("check_restart" in check) != (check["path"] == "/health/live"):
            fail(NOMAD, f"{check['name']}: restarts are for /health/live alone")
        print(NOMAD, check["name"], check["path"], sep="\t")


consul()
nomad()
