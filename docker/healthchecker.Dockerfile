# Both probes, healthchecker and healthchecker-nano, to be copied into other images:
#
#   COPY --from=healthchecker /healthchecker /
#   HEALTHCHECK --interval=5s --timeout=3s CMD ["/healthchecker", "--port=8080"]
#
# Built with:
#
#   scripts/build-static --small --probe-only
#   docker build -f docker/healthchecker.Dockerfile -t healthchecker \
#       dist/x86_64-unknown-linux-musl
FROM scratch
# What is /healthchecker in the image. healthchecker-full (scripts/build-static
# --full) has TLS, gRPC, JSON and other hosts, too: --build-arg PROBE=healthchecker-full
ARG PROBE=healthchecker
COPY ${PROBE} /healthchecker
COPY healthchecker-nano /
USER 65532:65532
ENTRYPOINT ["/healthchecker"]
