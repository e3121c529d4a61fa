# The probe alone, in both builds, to be copied into other images:
#
#   COPY --from=healthchecker /healthchecker-nano /
#   HEALTHCHECK --interval=5s --timeout=3s CMD ["/healthchecker-nano", "--port=8080"]
#
# Built with:
#
#   scripts/build-static
#   docker build -f docker/healthchecker.Dockerfile -t healthchecker \
#       dist/x86_64-unknown-linux-musl
FROM scratch
COPY healthchecker healthchecker-nano /
USER 65532:65532
ENTRYPOINT ["/healthchecker"]
