package docker

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"

	"relink/toolchain/plugin/props"
)

// getSchema describes the package to Pulumi, which wants it to write code for `pulumi import`.
func getSchema(context.Context, p.GetSchemaRequest) (p.GetSchemaResponse, error) {
	types, resources := map[string]any{}, map[string]any{}
	for token, kind := range kinds {
		name := token[strings.LastIndex(token, ":")+1:]
		inputs, outputs, required := map[string]any{}, map[string]any{}, []string{}
		for property, known := range kind.schema() {
			described := typeOf(known, name+title(property), types)
			outputs[property] = described
			if known.Output {
				continue
			}
			inputs[property] = described
			if known.Needed && property != "name" || property == "name" && !kind.traits().named {
				required = append(required, property)
			}
		}
		resources[token] = map[string]any{
			"properties": outputs, "inputProperties": inputs, "requiredInputs": required, "required": required,
		}
	}
	text, err := json.Marshal(map[string]any{
		"name": Name, "version": Version, "resources": resources, "types": types,
		"config":   map[string]any{},
		"provider": map[string]any{"inputProperties": map[string]any{"host": map[string]any{"type": "string"}}},
	})
	return p.GetSchemaResponse{Schema: string(text)}, err
}

func typeOf(known *props.Property, name string, types map[string]any) map[string]any {
	described := map[string]any{"type": known.Kind.String()}
	switch known.Kind {
	case props.List, props.Set:
		described["items"] = typeOf(known.Of, name, types)
	case props.Dict:
		described["additionalProperties"] = map[string]any{"type": "string"}
	case props.Object:
		fields, required := map[string]any{}, []string{}
		for field, of := range known.Fields {
			fields[field] = typeOf(of, name+title(field), types)
			if of.Needed {
				required = append(required, field)
			}
		}
		token := "docker:index/" + name + ":" + name
		types[token] = map[string]any{"type": "object", "properties": fields, "required": required}
		described = map[string]any{"$ref": "#/types/" + token}
	}
	return maps.Clone(described)
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
