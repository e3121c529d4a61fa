"""Asks a health-middleware gRPC example as grpcio does: PROGRAM STORY ADDRESS PID."""

import os
import signal
import sys
import urllib.request

import grpc
from grpc_health.v1.health_pb2 import (
    HealthCheckRequest,
    HealthCheckResponse,
    HealthListRequest,
)
from grpc_health.v1.health_pb2_grpc import HealthStub

SECONDS = 30
SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = HealthCheckResponse.SERVICE_UNKNOWN


def expect(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: expected {expected}, found {found}")


def connect(address):
    # A connection of its own, not one that grpcio shares among channels.
    return grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)])


def watch(stub, service):
    return stub.Watch(HealthCheckRequest(service=service), timeout=SECONDS)


def switch(address, what):
    url = f"http://{address}/testability/{what}"
    with urllib.request.urlopen(url, timeout=SECONDS) as response:
        expect(url, 200, response.status)


def check(stub, service):
    try:
        request = HealthCheckRequest(service=service)
        return stub.Check(request, timeout=SECONDS, wait_for_ready=True).status
    except grpc.RpcError as error:
        return error.code()


def statuses(address, _):
    """Check and List, of a healthy service and of one whose database is down."""
    stub = HealthStub(connect(address))
    names = ["", "database", "liveness", "readiness", "runtime", "startup"]

    def all_are(down):
        expected = {name: NOT_SERVING if name in down else SERVING for name in names}
        expect("Check", expected, {name: check(stub, name) for name in names})
        listed = stub.List(HealthListRequest(), timeout=SECONDS).statuses
        expect("List", expected, {name: listed[name].status for name in listed})

    all_are(down=[])
    switch(address, "components/database/down")
    all_are(down=["", "readiness", "database"])
    switch(address, "components/database/up")
    all_are(down=[])
    expect("Check of nobody", grpc.StatusCode.NOT_FOUND, check(stub, "nobody"))


def watches(address, _):
    """Watch: the status at once, each change once, unknown names kept open."""
    stub = HealthStub(connect(address))
    database, readiness = watch(stub, "database"), watch(stub, "")
    liveness, nobody = watch(stub, "liveness"), watch(stub, "nobody")
    for stream in database, readiness, liveness:
        expect("the first status", SERVING, next(stream).status)
    expect("an unknown service", SERVICE_UNKNOWN, next(nobody).status)
    for _ in range(3):
        switch(address, "components/database/down")
        for stream in database, readiness:
            expect("the database is down", NOT_SERVING, next(stream).status)
        switch(address, "components/database/up")
        for stream in database, readiness:
            expect("the database is up", SERVING, next(stream).status)
    # Nothing was told meanwhile to those whom it did not concern.
    switch(address, "live/false")
    expect("liveness", NOT_SERVING, next(liveness).status)
    switch(address, "live/true")
    expect("liveness", SERVING, next(liveness).status)
    expect("the unknown service's stream is open", None, nobody.code() if nobody.done() else None)


def resident_kilobytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    sys.exit("no VmRSS")


def thousand(address, pid):
    """A thousand idle watchers on five connections, and on as many as they are."""
    for connections, streams, limit in (5, 200, 32), (250, 1, 32):
        check(HealthStub(connect(address)), "")
        before = resident_kilobytes(pid)
        watchers = []
        for _ in range(connections):
            stub = HealthStub(connect(address))
            watchers += [watch(stub, "") for _ in range(streams)]
        for watcher in watchers:
            expect("the first status", SERVING, next(watcher).status)
        each = (resident_kilobytes(pid) - before) / len(watchers)
        print(f"{len(watchers)} watchers, {connections} connections: {each:.1f} KB each")
        if each > limit:
            sys.exit(f"{each:.1f} KB each, {limit} at most")
        for watcher in watchers:
            watcher.cancel()


def drain(address, pid):
    """SIGTERM: NOT_SERVING where requests are meant, then the end of every stream."""
    stub = HealthStub(connect(address))
    readiness, liveness, nobody = (watch(stub, name) for name in ("", "liveness", "nobody"))
    for stream in readiness, liveness, nobody:
        next(stream)
    os.kill(pid, signal.SIGTERM)
    expect("readiness", [NOT_SERVING], [message.status for message in readiness])
    expect("liveness", [], list(liveness))
    expect("nobody", [], list(nobody))
    for stream in readiness, liveness, nobody:
        expect("the end", grpc.StatusCode.OK, stream.code())


if __name__ == "__main__":
    story, server, process = sys.argv[1:]
    stories = {"statuses": statuses, "watches": watches, "thousand": thousand, "drain": drain}
    stories[story](server, int(process))
    # Threads of channels that nobody closed are not waited for.
    sys.stdout.flush()
    os._exit(0)
