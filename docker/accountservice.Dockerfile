# The account service and its probe, and nothing else: no shell, no libc.
#
#   scripts/build-static
#   docker build -f docker/accountservice.Dockerfile -t accountservice \
#       dist/x86_64-unknown-linux-musl
FROM scratch

# The one place that the service may write to, and the place for a volume. Not a
# VOLUME here: Swarm would leave one behind with every task that it replaces.
COPY --chown=65532:65532 data /data
COPY accountservice /
# Or healthchecker-nano, which does the same for plain HTTP in a few kilobytes:
# --build-arg PROBE=healthchecker-nano
ARG PROBE=healthchecker
COPY ${PROBE} /healthchecker

# Numeric, since there is no /etc/passwd to look a name up in; 65532 is the
# number that distroless images use for "nonroot".
USER 65532:65532
WORKDIR /data
EXPOSE 6767

# In exec form: there is no shell to run a string with, and no `|| exit 1` is
# needed, since the probe exits 0 or 1 and nothing else.
#   interval      a failure shows after at most interval + timeout
#   timeout       above the probe's own 2 s, so that its message is the one kept
#   retries       three failures in a row before the container is unhealthy
#   start-period  failures while the service starts do not count
HEALTHCHECK --interval=3s --timeout=3s --start-period=10s --retries=3 \
    CMD ["/healthchecker", "-port=6767"]

# 0.0.0.0, so that other containers reach it; the probe asks on loopback.
ENTRYPOINT ["/accountservice", "--address=0.0.0.0", "--database=/data/accounts.redb"]
