# syntax=docker/dockerfile:1
# Three stages: what runs, what compiles, and the small image that holds only the results.

FROM node:24-bookworm-slim AS runtime-packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim AS compile
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    LANG=C.UTF-8 \
    TZ=Asia/Shanghai \
    WXREPLY_CONFIG=/config/config.yaml \
    WXREPLY_RULES_PATH=/rules \
    WXREPLY_DATA_PATH=/data
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=runtime-packages /app/node_modules ./node_modules
COPY --from=compile /app/dist ./dist
COPY config /config
COPY rules /rules
COPY config ./config
COPY rules ./rules
RUN mkdir -p /data && chown 1000:1000 /data && chmod 700 /data \
 && ln -s /app/dist/main.js /usr/local/bin/wxreply && chmod 755 /app/dist/main.js \
 && touch /.wxreply-image
# What reading the source costs is paid here, not at every health check. Node keeps it for each user apart and closed to
# others, so the user of the container makes it; then it is root's, and nothing that runs can change it.
RUN mkdir -p node_modules/.cache/wxreply && chown 1000:1000 node_modules/.cache/wxreply \
 && setpriv --reuid=1000 --regid=1000 --clear-groups node dist/main.js version \
 && chown -R 0:0 node_modules/.cache && chmod -R a+rX node_modules/.cache
USER 1000:1000
VOLUME /data
EXPOSE 8787
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=2 CMD ["node", "dist/main.js", "healthcheck"]
CMD ["node", "dist/main.js", "run"]
