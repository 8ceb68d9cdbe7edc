package props

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		inputs bag
		want   []string
	}{
		"nothing":                    {bag{"name": "a"}, nil},
		"a required property":        {bag{}, []string{"name"}},
		"an unknown property":        {bag{"name": "a", "nope": 1}, []string{"nope"}},
		"an unknown field in a list": {bag{"name": "a", "ports": []any{bag{"internal": 1, "nope": 1}}}, []string{"ports[0].nope"}},
		"a missing field":            {bag{"name": "a", "labels": []any{bag{}}}, []string{"labels[0].label"}},
		"an output as an input":      {bag{"name": "a", "id": "1"}, []string{"id"}},
		"a wrong type":               {bag{"name": 1}, []string{"name"}},
		"a fraction":                 {bag{"name": "a", "memory": 1.5}, []string{"memory"}},
		"a text that is not offered": {bag{"name": "a", "policy": "sometimes"}, []string{"policy"}},
		"a value that we cannot do":  {bag{"name": "a", "attach": true}, []string{"attach"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, failures := Check(sample, bagOf(test.inputs))
			var got []string
			for _, failure := range failures {
				got = append(got, failure.Property)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestCheckFillsInDefaultsAndKeepsSecretsAndUnknowns(t *testing.T) {
	given := bagOf(bag{"ports": []any{bag{"internal": 1}}}).
		Set("name", property.New("a").WithSecret(true)).
		Set("policy", property.New(property.Computed))
	checked, failures := Check(sample, given)
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	port := checked.Get("ports").AsArray().Get(0).AsMap()
	if !checked.Get("init").AsBool() || port.Get("ip").AsString() != "0.0.0.0" {
		t.Errorf("defaults are missing: %v", checked)
	}
	if !checked.Get("name").Secret() || !checked.Get("policy").IsComputed() {
		t.Errorf("a secret or an unknown was lost: %v", checked)
	}
}
