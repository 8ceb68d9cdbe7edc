// The version of Traefik's ACME client, and with go.sum its content: toolchain/traefik.mjs copies it without its DNS
// providers.
module relink/toolchain/lego

go 1.26.0

require github.com/go-acme/lego/v5 v5.4.1
