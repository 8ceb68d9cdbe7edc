package props

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Diff compares what is (the state) with what is wanted (the new inputs) and says path by path what changes and
// whether that replaces the resource. Old inputs only decide which old value Pulumi shows.
func Diff(schema Schema, req p.DiffRequest) map[string]p.PropertyDiff {
	changes := map[string]p.PropertyDiff{}
	for name, known := range schema {
		if known.Output || ignored(name, req) {
			continue
		}
		found := changed{known.ForceNew, changes, false}
		before, after := Plain(req.State.Get(name)), Plain(req.Inputs.Get(name))
		if known.collected() && before == nil && after == nil {
			// Nobody knows what it is: an import does not say, and nobody gives it. The vendor's plugin plans to have Docker
			// choose it anew.
			found.note(name, before, after)
			continue
		}
		if Same(known, before, after) {
			continue
		}
		// Only where the old inputs hold the old value can Pulumi show it from them.
		found.inputs = !Same(known, Plain(req.OldInputs.Get(name)), after)
		found.walk(known, name, before, after)
	}
	return changes
}

// Replaces says whether any of the changes replaces the resource.
func Replaces(changes map[string]p.PropertyDiff) bool {
	for _, change := range changes {
		switch change.Kind {
		case p.AddReplace, p.UpdateReplace, p.DeleteReplace:
			return true
		}
	}
	return false
}

type changed struct {
	replaces bool
	into     map[string]p.PropertyDiff
	inputs   bool
}

func (c changed) walk(known *Property, path string, before, after any) {
	if empty(before) || empty(after) || after == any(unknown{}) {
		c.note(path, before, after)
		return
	}
	switch known.Kind {
	case List, Set:
		olds, news, ok := lists(before, after)
		if !ok {
			c.note(path, before, after)
			return
		}
		c.walkItems(known, path, olds, news)
	case Object, Dict:
		olds, okOld := before.(map[string]any)
		news, okNew := after.(map[string]any)
		if !okOld || !okNew {
			c.note(path, before, after)
			return
		}
		c.walkFields(known, path, olds, news)
	default:
		c.note(path, before, after)
	}
}

func (c changed) walkItems(known *Property, path string, olds, news []any) {
	at := func(i int) string { return fmt.Sprintf("%s[%d]", path, i) }
	if known.Kind == List {
		for i := 0; i < max(len(olds), len(news)); i++ {
			before, after := item(olds, i), item(news, i)
			if !Same(known.Of, before, after) {
				c.walk(known.Of, at(i), before, after)
			}
		}
		return
	}
	removed, added := leftover(known.Of, olds, news)
	for _, i := range removed {
		if j := indexOf(added, i); j >= 0 {
			c.walk(known.Of, at(i), olds[i], news[i])
			added = append(added[:j], added[j+1:]...)
		} else {
			c.note(at(i), olds[i], nil)
		}
	}
	for _, i := range added {
		c.note(at(i), nil, news[i])
	}
}

func (c changed) walkFields(known *Property, path string, olds, news map[string]any) {
	names := map[string]*Property{}
	for name, field := range known.Fields {
		names[name] = field
	}
	if known.Kind == Dict {
		for _, side := range []map[string]any{olds, news} {
			for name := range side {
				names[name] = Text()
			}
		}
	}
	for name, field := range names {
		if !Same(field, olds[name], news[name]) {
			c.walk(field, path+step(name), olds[name], news[name])
		}
	}
}

func (c changed) note(path string, before, after any) {
	kinds := [2]p.DiffKind{p.Update, p.UpdateReplace}
	if before == nil {
		kinds = [2]p.DiffKind{p.Add, p.AddReplace}
	} else if after == nil {
		kinds = [2]p.DiffKind{p.Delete, p.DeleteReplace}
	}
	kind := kinds[0]
	if c.replaces {
		kind = kinds[1]
	}
	c.into[path] = p.PropertyDiff{Kind: kind, InputDiff: c.inputs}
}

var simpleName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

func step(name string) string {
	if simpleName.MatchString(name) {
		return "." + name
	}
	return `["` + strings.ReplaceAll(name, `"`, `\"`) + `"]`
}

// ignored goes by the very names of properties that are there, as the vendor's plugin does: a wildcard is none of them.
func ignored(name string, req p.DiffRequest) bool {
	_, was := req.State.GetOk(name)
	_, wanted := req.Inputs.GetOk(name)
	return (was || wanted) && slices.Contains(req.IgnoreChanges, name)
}

func item(items []any, i int) any {
	if i < len(items) {
		return items[i]
	}
	return nil
}

func indexOf(items []int, wanted int) int {
	for i, item := range items {
		if item == wanted {
			return i
		}
	}
	return -1
}

// Merge returns the state after Docker was read: what was asked for stays as it was written (with its order and its
// secrets) where Docker says the same, and becomes what Docker says where it does not.
func Merge(schema Schema, kept property.Map, read map[string]any) property.Map {
	for name, raw := range read {
		known, ok := schema[name]
		if !ok {
			panic("read a property that the schema lacks: " + name)
		}
		now := From(raw)
		before, had := kept.GetOk(name)
		if had && !before.IsComputed() && agrees(known, Plain(now), Plain(before)) {
			continue
		}
		if now.IsNull() && !known.collected() {
			kept = kept.Delete(name)
			continue
		}
		if now.IsNull() {
			now = nothing
		}
		kept = kept.Set(name, now.WithSecret(had && before.HasSecrets()))
	}
	return kept
}

var nothing = property.New(property.NewArray(nil))

// Chosen returns the state after a creation: where Docker was left to choose a list and chose nothing, it is empty.
func Chosen(schema Schema, state property.Map) property.Map {
	for name, known := range schema {
		if known.collected() && state.Get(name).IsNull() {
			state = state.Set(name, nothing)
		}
	}
	return state
}

// agrees is Same without the excuse that a value left out is no change.
func agrees(known *Property, now, before any) bool {
	strict := *known
	strict.Derived, strict.Keeps = false, false
	return Same(&strict, now, before)
}

// Refreshed returns the inputs after a refresh: those that were given, with what the state says where it differs.
func Refreshed(schema Schema, inputs, state property.Map) property.Map {
	for name, given := range inputs.All {
		known, ok := schema[name]
		if !ok || Same(known, Plain(state.Get(name)), Plain(given)) {
			continue
		}
		if now, ok := state.GetOk(name); ok {
			inputs = inputs.Set(name, now.WithSecret(given.HasSecrets()))
		} else {
			inputs = inputs.Delete(name)
		}
	}
	return inputs
}

// Inputs is what somebody would have to write to get this state; for an import.
func Inputs(schema Schema, state property.Map) property.Map {
	inputs := property.Map{}
	for name, value := range state.All {
		if known, ok := schema[name]; ok && !known.Output && !empty(Plain(value)) {
			inputs = inputs.Set(name, value)
		}
	}
	return inputs
}
