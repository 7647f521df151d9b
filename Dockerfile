# syntax=docker/dockerfile:1
# Any image with Python 3.11 or newer, pip and venv will do: `make image BASE=...`. Both names of it are written out,
# because Dependabot looks nowhere but behind FROM.
FROM python:3.13.16-slim-trixie AS build
WORKDIR /build
COPY requirements.txt ./
# Exactly the lock, and wheels only: nothing is resolved, nothing that is downloaded runs during the build, and the
# final image has no pip.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --no-deps --require-hashes --only-binary :all: -r requirements.txt \
    && python -m pip --python /opt/venv/bin/python check \
    && mkdir /data
COPY config.py main.py web_server.py /app/
COPY modules/ /app/modules/
COPY templates/ /app/templates/
COPY static/ /app/static/
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

FROM python:3.13.16-slim-trixie
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /data /data
# LOG_DIR is empty on purpose: a container logs to stdout. TMPDIR: /data is the only place that can be written.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    LOG_DIR= \
    LOG_FORMAT=json \
    DATA_DIR=/data \
    TMPDIR=/data
WORKDIR /app
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
# Blank means not set: then the platform's own variable names the commit.
ARG GIT_COMMIT=""
ENV GIT_COMMIT=${GIT_COMMIT}
LABEL org.opencontainers.image.title="Nazh Engine" \
      org.opencontainers.image.description="A Discord dice bot" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${GIT_COMMIT}"
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "modules.lifecycle.healthcheck"]
ENTRYPOINT ["python", "main.py"]
