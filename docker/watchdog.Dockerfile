# The watchdog, to be copied into other images:
#
#   COPY --from=watchdog /watchdog /
#   ENTRYPOINT ["/watchdog", "run", "--check=http://localhost:8080/health/live", "--"]
#   CMD ["/app"]
#
# Built with:
#
#   scripts/build-static --small --watchdog
#   docker build -f docker/watchdog.Dockerfile -t watchdog dist/x86_64-unknown-linux-musl
FROM scratch
COPY watchdog /
USER 65532:65532
ENTRYPOINT ["/watchdog"]
