package props

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// unknown stands for a value that is not known before the update.
type unknown struct{}

// Plain turns a property value into Go values without secrets' marks: string, float64, bool, []any, map[string]any.
func Plain(value property.Value) any {
	switch {
	case value.IsComputed():
		return unknown{}
	case value.IsString():
		return value.AsString()
	case value.IsNumber():
		return value.AsNumber()
	case value.IsBool():
		return value.AsBool()
	case value.IsArray():
		items := []any{}
		for _, item := range value.AsArray().AsSlice() {
			items = append(items, Plain(item))
		}
		return items
	case value.IsMap():
		return PlainMap(value.AsMap())
	default:
		return nil
	}
}

// PlainMap is Plain for a whole bag of properties; keys of Pulumi's own (`__...`) are left out.
func PlainMap(values property.Map) map[string]any {
	plain := map[string]any{}
	for key, value := range values.All {
		if !internal(key) {
			plain[key] = Plain(value)
		}
	}
	return plain
}

// Into fills a struct (json tags) from properties. Check has refused unknown inputs before; a state that the vendor's
// plugin wrote may hold more than the struct.
func Into(values property.Map, target any) error {
	text, err := json.Marshal(PlainMap(values))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

// From turns a struct (json tags) or any JSON-like value into a property value.
func From(source any) property.Value {
	text, err := json.Marshal(source)
	if err != nil {
		panic(fmt.Errorf("a value that is not JSON: %w", err))
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		panic(err)
	}
	return value(plain)
}

func value(plain any) property.Value {
	switch plain := plain.(type) {
	case string:
		return property.New(plain)
	case float64:
		return property.New(plain)
	case bool:
		return property.New(plain)
	case []any:
		items := make([]property.Value, len(plain))
		for i, item := range plain {
			items[i] = value(item)
		}
		return property.New(property.NewArray(items))
	case map[string]any:
		fields := map[string]property.Value{}
		for key, field := range plain {
			if field != nil {
				fields[key] = value(field)
			}
		}
		return property.New(property.NewMap(fields))
	default:
		return property.New(property.Null)
	}
}

// Same compares two values the way the vendor's plugin does: sets without order, "not set" equal to the zero value.
func Same(p *Property, before, after any) bool {
	if empty(after) && (p.Derived || p.Keeps) {
		return true
	}
	if empty(before) || empty(after) {
		return empty(before) && empty(after)
	}
	switch p.Kind {
	case List:
		olds, news, ok := lists(before, after)
		if !ok || len(olds) != len(news) {
			return false
		}
		for i := range olds {
			if !Same(p.Of, olds[i], news[i]) {
				return false
			}
		}
		return true
	case Set:
		olds, news, ok := lists(before, after)
		if !ok {
			return false
		}
		removed, added := leftover(p.Of, olds, news)
		return len(removed)+len(added) == 0
	case Object:
		olds, okOld := before.(map[string]any)
		news, okNew := after.(map[string]any)
		if !okOld || !okNew {
			return false
		}
		for name, field := range p.Fields {
			if !Same(field, olds[name], news[name]) {
				return false
			}
		}
		return true
	default:
		return reflect.DeepEqual(before, after)
	}
}

// leftover returns the indexes of the elements that only one of two sets has.
func leftover(of *Property, olds, news []any) (removed, added []int) {
	matched := map[int]bool{}
	for i, old := range olds {
		found := false
		for j, item := range news {
			if !matched[j] && Same(of, old, item) {
				matched[j], found = true, true
				break
			}
		}
		if !found {
			removed = append(removed, i)
		}
	}
	for j := range news {
		if !matched[j] {
			added = append(added, j)
		}
	}
	return removed, added
}

func lists(before, after any) ([]any, []any, bool) {
	olds, okOld := before.([]any)
	news, okNew := after.([]any)
	return olds, news, okOld && okNew
}

func empty(plain any) bool {
	switch plain := plain.(type) {
	case nil:
		return true
	case string:
		return plain == ""
	case float64:
		return plain == 0
	case bool:
		return !plain
	case []any:
		return len(plain) == 0
	case map[string]any:
		for _, field := range plain {
			if !empty(field) {
				return false
			}
		}
		return true
	default:
		return false
	}
}

func internal(key string) bool { return strings.HasPrefix(key, "__") }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
