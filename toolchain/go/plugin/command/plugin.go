// Package command stands in for the vendor's command plugin: the local command, and nothing else.
package command

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"
)

// Name and Version are those of the vendor's plugin that this one stands in for.
const (
	Name    = "command"
	Version = "1.2.1"
)

const commandType = "command:local:Command"

// Plugin is the provider that Pulumi talks to.
func Plugin() p.Provider {
	provider := infer.Provider(infer.Options{
		Metadata:  schema.Metadata{DisplayName: "Command"},
		Resources: []infer.InferredResource{infer.Resource(&Command{})},
	})
	inferred := provider.Check
	provider.Check = func(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
		if string(req.Urn.Type()) != commandType {
			return p.CheckResponse{}, fmt.Errorf("%s: relink's stand-in for the vendor's command plugin has only %s; install "+
				"the vendor's plugin to use it", req.Urn.Type(), commandType)
		}
		if failures := unknown(req); len(failures) > 0 {
			return p.CheckResponse{Inputs: req.Inputs, Failures: failures}, nil
		}
		return inferred(ctx, req)
	}
	return provider
}

// unknown refuses what the inferred check would leave out without a word.
func unknown(req p.CheckRequest) []p.CheckFailure {
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Inputs]()) {
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		known[name] = true
	}
	var failures []p.CheckFailure
	for name := range req.Inputs.All {
		if !known[name] && !strings.HasPrefix(name, "__") {
			failures = append(failures, p.CheckFailure{Property: name, Reason: "this property is not known to " +
				"relink's stand-in for the vendor's command plugin; install the vendor's plugin to use it"})
		}
	}
	return failures
}
