"""A gRPC health server that is not ours: serves until its input ends.

Usage: health_server.py [CERTIFICATE KEY]. Prints the ports: plain, without the
health service, for those who show a token and a trace alone, and with a
certificate TLS.
"""

import sys
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


class Guard(grpc.ServerInterceptor):
    """Lets those through who send what is expected as metadata."""

    EXPECTED = {("authorization", "Bearer token"), ("trace-bin", b"hi")}

    def intercept_service(self, continuation, call):
        if self.EXPECTED <= set(call.invocation_metadata):
            return continuation(call)

        def refuse(request, context):
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you?")

        return grpc.unary_unary_rpc_method_handler(refuse)


def serve(with_health, credentials=None, interceptors=None):
    workers = futures.ThreadPoolExecutor(max_workers=4)
    server = grpc.server(workers, interceptors=interceptors)
    if with_health:
        servicer = health.HealthServicer()
        status = health_pb2.HealthCheckResponse
        servicer.set("", status.SERVING)
        servicer.set("up", status.SERVING)
        servicer.set("down", status.NOT_SERVING)
        servicer.set("unknown", status.UNKNOWN)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if credentials:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


servers = [serve(True), serve(False), serve(True, interceptors=[Guard()])]
if len(sys.argv) == 3:
    with open(sys.argv[1], "rb") as certificate, open(sys.argv[2], "rb") as key:
        pair = (key.read(), certificate.read())
    servers.append(serve(True, grpc.ssl_server_credentials([pair])))
print(*(port for _, port in servers), flush=True)
sys.stdin.read()
for server, _ in servers:
    server.stop(None)
