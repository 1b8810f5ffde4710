# The server: one image for migrations, the application and its worker.
FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY requirements.lock .
RUN python -m venv /opt/bezpeka \
 && /opt/bezpeka/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY layers layers
COPY ingestion ingestion
COPY maps maps
COPY geo_api geo_api
COPY data data
RUN /opt/bezpeka/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --home-dir /var/lib/bezpeka --create-home bezpeka
COPY --from=build /opt/bezpeka /opt/bezpeka
ENV PATH=/opt/bezpeka/bin:$PATH \
    BEZPEKA_HOME=/var/lib/bezpeka \
    BEZPEKA_HOST=0.0.0.0
USER bezpeka
VOLUME /var/lib/bezpeka
EXPOSE 8000
CMD ["bezpeka", "up", "--no-worker"]
