# `watchdog serve` and a probe of it, and nothing else: no shell, no libc.
#
#   scripts/build-static && scripts/build-static --watchdog-server
#   docker build -f docker/watchdog/serve.Dockerfile -t watchdog-serve \
#       dist/x86_64-unknown-linux-musl
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#       --publish 127.0.0.1:8500:8500 --volume watchdog:/var/lib/watchdog \
#       --volume "$PWD/docker/watchdog/serve.toml:/etc/watchdog/watchdog.toml:ro" watchdog-serve
FROM scratch

# The one place that is written to: the database and, from the first start on, the
# master key. Both belong into a volume.
COPY --chown=65532:65532 state /var/lib/watchdog
COPY watchdog-server /watchdog
COPY healthchecker-nano /

USER 65532:65532
WORKDIR /var/lib/watchdog
ENV STATE_DIRECTORY=/var/lib/watchdog
EXPOSE 8500

# Unhealthy while what it is told cannot be kept.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
    CMD ["/healthchecker-nano", "--port=8500", "--path=/health"]

ENTRYPOINT ["/watchdog"]
CMD ["serve", "--config=/etc/watchdog/watchdog.toml"]
