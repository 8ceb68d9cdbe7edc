package docker

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/props"
)

// foreseen is what a preview knows about an object that does not exist yet.
func foreseen(schema props.Schema, inputs property.Map) property.Map {
	state := written(inputs)
	for name, known := range schema {
		if _, given := inputs.GetOk(name); !given && (known.Output || known.Derived) {
			state = state.Set(name, property.New(property.Computed))
		}
	}
	return state
}

// carried is the new inputs with what only Docker could say about the old state.
func carried(schema props.Schema, state, inputs property.Map) property.Map {
	merged := written(inputs)
	for name, known := range schema {
		if _, given := inputs.GetOk(name); given || !(known.Output || known.Derived) {
			continue
		}
		if old, had := state.GetOk(name); had {
			merged = merged.Set(name, old)
		}
	}
	return merged
}

// written is the inputs without Pulumi's own notes.
func written(inputs property.Map) property.Map { return inputs.Delete(defaultsKey) }
