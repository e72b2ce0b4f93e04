# syntax=docker/dockerfile:1

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json rolldown.config.ts ./
COPY tools tools
RUN npm ci
COPY src src
RUN npm run build

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=32768 \
    HOLDFAST_STORE=sqlite:/data/holdfast/state.db \
    HOLDFAST_REPORTS_DIRECTORY=/data/reports
WORKDIR /app
# For a config from Git: over https, over ssh, and with signed commits.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/*
RUN mkdir /data /config && chown 1000:1000 /data
COPY --from=build /app/dist dist
COPY bin bin
COPY package.json LICENSE ./
# A number: Kubernetes checks runAsNonRoot before it can read a name.
USER 1000:1000
VOLUME /data
# Holdfast takes the signals itself: SIGTERM finishes the writes in flight, so it may be process 1.
# It collects its garbage early: half the memory, for more of the processor (docs/BENCHMARKS.md).
ENTRYPOINT ["node", "--disable-sigusr1", "--max-semi-space-size=2", "--heap-growing-percent=40", "bin/holdfast.js"]
CMD ["run", "--config", "/config"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "bin/healthcheck.js"]
