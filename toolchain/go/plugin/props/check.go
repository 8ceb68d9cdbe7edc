package props

import (
	"fmt"
	"math"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Check fills in defaults and collects everything that is wrong with the inputs, each with the path of its property.
func Check(schema Schema, inputs property.Map) (property.Map, []p.CheckFailure) {
	return checkFields(schema, inputs, "")
}

func checkFields(schema Schema, inputs property.Map, path string) (property.Map, []p.CheckFailure) {
	var failures []p.CheckFailure
	for _, name := range sortedKeys(inputs.AsMap()) {
		if internal(name) {
			inputs = inputs.Delete(name)
			continue
		}
		known, ok := schema[name]
		if !ok || known.Output {
			failures = append(failures, failure(path+name, "this property is not known to relink's stand-in for the "+
				"vendor's plugin (it knows only what relink needs); install the vendor's plugin to use it"))
			continue
		}
		checked, found := checkValue(known, inputs.Get(name), path+name)
		inputs = inputs.Set(name, checked)
		failures = append(failures, found...)
	}
	for _, name := range sortedKeys(schema) {
		known := schema[name]
		if set, ok := inputs.GetOk(name); ok && !set.IsNull() {
			continue
		}
		if known.Needed {
			failures = append(failures, failure(path+name, "is required"))
		} else if known.Default != nil {
			inputs = inputs.Set(name, From(known.Default))
		}
	}
	return inputs, failures
}

func checkValue(known *Property, given property.Value, path string) (property.Value, []p.CheckFailure) {
	if given.IsComputed() || given.IsNull() {
		return given, nil
	}
	if !fits(known.Kind, given) {
		return given, []p.CheckFailure{failure(path, fmt.Sprintf("must be %s %s", article(known.Kind), known.Kind))}
	}
	var failures []p.CheckFailure
	switch known.Kind {
	case List, Set:
		items := slices.Clone(given.AsArray().AsSlice())
		for i, item := range items {
			checked, found := checkValue(known.Of, item, fmt.Sprintf("%s[%d]", path, i))
			items[i] = checked
			failures = append(failures, found...)
		}
		given = property.WithGoValue(given, property.NewArray(items))
	case Object:
		checked, found := checkFields(known.Fields, given.AsMap(), path+".")
		given = property.WithGoValue(given, checked)
		failures = append(failures, found...)
	case Dict:
		for _, key := range sortedKeys(given.AsMap().AsMap()) {
			if entry := given.AsMap().Get(key); !entry.IsComputed() && !entry.IsString() {
				failures = append(failures, failure(path+"."+key, "must be a string"))
			}
		}
	case String:
		if len(known.Allowed) > 0 && !slices.Contains(known.Allowed, given.AsString()) {
			failures = append(failures, failure(path, "must be one of "+strings.Join(known.Allowed, ", ")))
		}
	}
	if known.Only != nil && Plain(given) != known.Only {
		failures = append(failures, failure(path, fmt.Sprintf("relink's stand-in for the vendor's plugin supports only "+
			"%v; install the vendor's plugin to use another value", known.Only)))
	}
	return given, failures
}

func fits(kind Kind, given property.Value) bool {
	switch kind {
	case String:
		return given.IsString()
	case Int:
		return given.IsNumber() && given.AsNumber() == math.Trunc(given.AsNumber())
	case Bool:
		return given.IsBool()
	case List, Set:
		return given.IsArray()
	default:
		return given.IsMap()
	}
}

func article(kind Kind) string {
	if strings.ContainsAny(kind.String()[:1], "aio") {
		return "an"
	}
	return "a"
}

func failure(path, reason string) p.CheckFailure {
	return p.CheckFailure{Property: path, Reason: reason}
}
