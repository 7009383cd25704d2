# One image for every node. Nothing is fetched once it runs; `var/` is the only thing it writes.
FROM python:3.11-slim AS made
WORKDIR /srv/cap-chat
ENV UV_CACHE_DIR=/tmp/uv-cache
COPY . .
RUN rm -rf .venv .uv var bot/assistant/.venv && bin/setup && rm -rf /tmp/uv-cache .uv

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 cap
WORKDIR /srv/cap-chat
COPY --from=made --chown=root:root /srv/cap-chat .
RUN mkdir -p var && chown -R cap var
USER cap
ENV RASA_TELEMETRY_ENABLED=false CAP_CHAT_BIND=0.0.0.0:8080
EXPOSE 8080
VOLUME /srv/cap-chat/var
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD \
  .venv/bin/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"
CMD ["bin/cap-chat", "serve"]
