# docs/operators.md says how to run it.
# docker build --build-arg VERSION=$(git describe --tags --always) -t switchboard .

FROM node:22-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY static static
# the style sheet is cut down to what the pages use
COPY views views
RUN node static/build.mjs

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/static/dist static/dist
# for the licence texts of what of them is shipped
COPY --from=assets /src/node_modules node_modules
RUN go run ./internal/licenses/collect
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/switchboard ./cmd/web
RUN mkdir /out/data

# nothing but the program and the certificates that it trusts
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/switchboard /switchboard
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
# the default database is a file in the working directory; mount a volume here, or give database.url
WORKDIR /data
# the demo is for one machine and listens on its loopback alone, which is no use in a container
ENV SWITCHBOARD_DEMO=false SWITCHBOARD_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/switchboard", "healthcheck"]
ENTRYPOINT ["/switchboard"]
