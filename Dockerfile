# syntax=docker/dockerfile:1
# referral in a slim image, as a user without rights. Everything that it writes lies in /data.
#   docker build -t referral .
#   docker run --rm -v referral:/data referral migrate

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The package `node` would bring a second Node.js; the image has one.
RUN npm ci --ignore-scripts
COPY . .
RUN npx tsc -p tsconfig.build.json && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
COPY --from=build /app/templates templates
COPY --from=build /app/fixtures fixtures
COPY --from=build /app/docs docs
RUN ln -s /app/bin/referral.js /usr/local/bin/referral \
  && mkdir /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
ENTRYPOINT ["referral"]
CMD ["--help"]
