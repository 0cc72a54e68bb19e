# What the tests on Kafka and S3 need, for a machine that has a container engine instead: `npm test` builds and runs it then.
# Not run by us yet.
FROM node:24-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \
    openjdk-17-jdk-headless maven golang redis-server postgresql ffmpeg bubblewrap util-linux chromium fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
