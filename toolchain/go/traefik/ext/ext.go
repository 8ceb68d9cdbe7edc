// Package ext has the two types that Traefik embeds in its configuration so that other products can add to it. Without
// fields they add nothing.
package ext

type HTTP struct{}

type Router struct{}
