# The account service under its watchdog, and nothing else: no shell, no libc.
#
#   scripts/build-static && scripts/build-static --watchdog
#   docker build -f docker/watchdog/accountservice.Dockerfile -t accountservice-watched \
#       dist/x86_64-unknown-linux-musl
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#       --volume accounts:/data accountservice-watched
FROM scratch

# The one place that is written to. The watchdog writes nowhere.
COPY --chown=65532:65532 data /data
COPY accountservice watchdog /

USER 65532:65532
WORKDIR /data
EXPOSE 6767

# The service is ready when it says so, and hangs when it has said nothing for
# 10 s: systemd's own protocol, for which it needs no change. One that does not
# speak it is asked instead:
#   "--check=http://localhost:8080/health/live", "--every=5s"
# Docker's own HEALTHCHECK may stand beside either: it shows, and restarts nothing.
ENTRYPOINT ["/watchdog", "run", "--notify", "--watchdog=10s", "--"]
CMD ["/accountservice", "--address=0.0.0.0", "--database=/data/accounts.redb", "--drain=3s"]
