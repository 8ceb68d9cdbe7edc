package docker

import (
	"sort"

	"relink/toolchain/plugin/props"
)

// label is how the vendor's schema writes one label.
type label struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

func labels() *props.Property {
	return props.SetOf(props.Fields(props.Schema{
		"label": props.Text().Required(),
		"value": props.Text().Required(),
	}))
}

func labelMap(labels []label) map[string]string {
	if len(labels) == 0 {
		return nil
	}
	found := map[string]string{}
	for _, one := range labels {
		found[one.Label] = one.Value
	}
	return found
}

func labelList(found map[string]string) []label {
	list := []label{}
	for name, value := range found {
		list = append(list, label{name, value})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Label < list[j].Label })
	return list
}
