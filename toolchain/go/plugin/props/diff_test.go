package props

import (
	"maps"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

var sample = Schema{
	"name":   Text().Required().Replaces(),
	"labels": SetOf(Fields(Schema{"label": Text().Required(), "value": Text()})).Replaces(),
	"ports":  ListOf(Fields(Schema{"internal": Whole().Required(), "ip": Text().Or("0.0.0.0"), "external": Whole().Computed()})).Replaces(),
	"memory": Whole(),
	"driver": Text().Replaces().Computed(),
	"init":   Flag().Or(true),
	"attach": Flag().Or(false).Just(false),
	"policy": Text().OneOf("no", "always"),
	"opts":   Texts().Replaces(),
	"envs":   SetOf(Text()).Replaces().Computed(),
	"id":     Text().ReadOnly(),
}

type bag = map[string]any

func bagOf(plain bag) property.Map { return From(plain).AsMap() }

func labelsOf(pairs ...string) []any {
	var list []any
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, bag{"label": pairs[i], "value": pairs[i+1]})
	}
	return list
}

func TestDiff(t *testing.T) {
	for name, test := range map[string]struct {
		state, inputs bag
		want          map[string]p.DiffKind
	}{
		"an equal state is no change": {bag{"name": "a", "memory": 1}, bag{"name": "a", "memory": 1}, nil},
		"a set in another order is no change": {
			bag{"labels": labelsOf("a", "1", "b", "2")}, bag{"labels": labelsOf("b", "2", "a", "1")}, nil,
		},
		"one value in a set is named and replaces": {
			bag{"labels": labelsOf("a", "1", "b", "2")}, bag{"labels": labelsOf("a", "1", "b", "3")},
			map[string]p.DiffKind{"labels[1].value": p.UpdateReplace},
		},
		"a new element of a set": {
			bag{"labels": labelsOf("a", "1")}, bag{"labels": labelsOf("a", "1", "b", "2")},
			map[string]p.DiffKind{"labels[1]": p.AddReplace},
		},
		"an element that went": {
			bag{"labels": labelsOf("a", "1", "b", "2")}, bag{"labels": labelsOf("a", "1")},
			map[string]p.DiffKind{"labels[1]": p.DeleteReplace},
		},
		"a list in another order is a change": {
			bag{"ports": []any{bag{"internal": 1}, bag{"internal": 2}}},
			bag{"ports": []any{bag{"internal": 2}, bag{"internal": 1}}},
			map[string]p.DiffKind{"ports[0].internal": p.UpdateReplace, "ports[1].internal": p.UpdateReplace},
		},
		"a port that Docker chose is no change": {
			bag{"ports": []any{bag{"internal": 1, "external": 32768}}}, bag{"ports": []any{bag{"internal": 1}}}, nil,
		},
		"what is not marked updates in place": {
			bag{"memory": 1}, bag{"memory": 2}, map[string]p.DiffKind{"memory": p.Update},
		},
		"leaving out what Docker chooses is no change": {bag{"driver": "bridge"}, bag{}, nil},
		"leaving out what is not computed removes it": {
			bag{"memory": 2}, bag{}, map[string]p.DiffKind{"memory": p.Delete},
		},
		"not set equals the zero value": {bag{"memory": 0, "opts": bag{}, "init": false}, bag{}, nil},
		"outputs are never compared":    {bag{"id": "1"}, bag{}, nil},
		"keys with dots are quoted": {
			bag{"opts": bag{"a.b": "1"}}, bag{"opts": bag{"a.b": "2"}},
			map[string]p.DiffKind{`opts["a.b"]`: p.UpdateReplace},
		},
	} {
		t.Run(name, func(t *testing.T) {
			changes := Diff(sample, p.DiffRequest{
				State: Chosen(sample, bagOf(test.state)), OldInputs: bagOf(test.state), Inputs: bagOf(test.inputs),
			})
			got := map[string]p.DiffKind{}
			for path, change := range changes {
				got[path] = change.Kind
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestAnUnknownValueThatReplacesCountsAsAChange(t *testing.T) {
	changes := Diff(sample, p.DiffRequest{
		State:  Chosen(sample, bagOf(bag{"name": "a"})),
		Inputs: property.NewMap(map[string]property.Value{"name": property.New(property.Computed)}),
	})
	if changes["name"].Kind != p.UpdateReplace || !Replaces(changes) {
		t.Errorf("got %v", changes)
	}
}

func TestIgnoredPropertiesAreNotCompared(t *testing.T) {
	request := p.DiffRequest{State: Chosen(sample, bagOf(bag{"name": "a"})), Inputs: bagOf(bag{"name": "b"})}
	for path, want := range map[string]int{"name": 0, "*": 1, "nam": 1} {
		request.IgnoreChanges = []string{path}
		if changes := Diff(sample, request); len(changes) != want {
			t.Errorf("%s: got %v", path, changes)
		}
	}
}

func TestAListThatAnImportDoesNotReadReplaces(t *testing.T) {
	imported := bagOf(bag{"name": "a"})
	for name, test := range map[string]struct {
		state, inputs property.Map
		ignored       []string
		want          map[string]p.DiffKind
	}{
		"it is in neither":              {imported, imported, nil, map[string]p.DiffKind{"envs": p.AddReplace}},
		"a wildcard":                    {imported, imported, []string{"*"}, map[string]p.DiffKind{"envs": p.AddReplace}},
		"the name of what is not there": {imported, imported, []string{"envs"}, map[string]p.DiffKind{"envs": p.AddReplace}},
		"it is given":                   {imported, bagOf(bag{"name": "a", "envs": []any{}}), nil, map[string]p.DiffKind{}},
		"it was empty when made":        {Chosen(sample, imported), imported, nil, map[string]p.DiffKind{}},
	} {
		t.Run(name, func(t *testing.T) {
			changes := Diff(sample, p.DiffRequest{State: test.state, OldInputs: test.state, Inputs: test.inputs, IgnoreChanges: test.ignored})
			got := map[string]p.DiffKind{}
			for path, change := range changes {
				got[path] = change.Kind
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestMergeKeepsWhatWasWrittenAndItsSecrets(t *testing.T) {
	secret := From(labelsOf("b", "2", "a", "1")).WithSecret(true)
	merged := Merge(sample, property.NewMap(map[string]property.Value{"labels": secret}), map[string]any{
		"labels": labelsOf("a", "1", "b", "2"), "id": "x",
	})
	if !merged.Get("labels").Equals(secret) || merged.Get("id").AsString() != "x" {
		t.Errorf("got %v", merged)
	}
	merged = Merge(sample, merged, map[string]any{"labels": labelsOf("a", "9")})
	if !merged.Get("labels").Secret() {
		t.Error("a secret that changed is no longer secret")
	}
}
