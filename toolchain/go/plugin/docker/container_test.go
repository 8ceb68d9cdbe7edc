package docker

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"relink/toolchain/plugin/props"
)

// A property that the schema knows and the code does not would be ignored without a word.
func TestEveryInputOfTheSchemasReachesTheCode(t *testing.T) {
	for name, test := range map[string]struct {
		schema props.Schema
		args   reflect.Type
	}{
		"network":   {network{}.schema(), reflect.TypeFor[networkArgs]()},
		"volume":    {volume{}.schema(), reflect.TypeFor[volumeArgs]()},
		"image":     {image{}.schema(), reflect.TypeFor[imageArgs]()},
		"container": {containerSchema, reflect.TypeFor[containerArgs]()},
	} {
		t.Run(name, func(t *testing.T) { compare(t, name, test.schema, test.args) })
	}
}

func compare(t *testing.T, path string, schema props.Schema, args reflect.Type) {
	for name, known := range schema {
		if known.Output {
			continue
		}
		fields := reflect.VisibleFields(args)
		at := slices.IndexFunc(fields, func(field reflect.StructField) bool {
			return strings.Split(field.Tag.Get("json"), ",")[0] == name
		})
		if at < 0 {
			t.Errorf("%s.%s is in the schema but not in %s", path, name, args)
			continue
		}
		element, of := fields[at].Type, known
		for of.Kind == props.List || of.Kind == props.Set {
			element, of = element.Elem(), of.Of
		}
		if element.Kind() == reflect.Pointer {
			element = element.Elem()
		}
		if of.Kind == props.Object {
			compare(t, path+"."+name, of.Fields, element)
		}
	}
}

func TestAContainerIsAskedForInDockersWords(t *testing.T) {
	args := containerArgs{
		Image: "haproxy:3.0", Restart: "on-failure", MaxRetryCount: 3, Memory: 64, MemorySwap: -1, Cpus: "1.5", Init: true,
		Ports:       []port{{Internal: 80, External: 8080, IP: "127.0.0.1", Protocol: "tcp"}},
		Volumes:     []volumeMount{{VolumeName: "v", ContainerPath: "/v", ReadOnly: true}, {ContainerPath: "/anonymous"}},
		Healthcheck: &healthcheck{Tests: []string{"CMD", "true"}, Interval: "1m30s"},
		Labels:      []label{{"a", "b"}},
	}
	wanted, err := args.toEngine()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(wanted)
	for _, part := range []string{
		`"Image":"haproxy:3.0"`, `"Labels":{"a":"b"}`, `"Interval":90000000000`, `"Memory":67108864`, `"MemorySwap":-1`,
		`"NanoCpus":1500000000`, `"Binds":["v:/v:ro"]`, `"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}`,
		`"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}`, `"Volumes":{"/anonymous":{},"/v":{}}`, `"Init":true`,
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
}

func TestWrongContainerValuesAreNamed(t *testing.T) {
	for name, args := range map[string]containerArgs{
		"cpus":                 {Cpus: "many"},
		"healthcheck.interval": {Healthcheck: &healthcheck{Interval: "soon"}},
		"volumes[0]":           {Volumes: []volumeMount{{VolumeName: "v"}}},
		"command":              {Command: []string{""}},
	} {
		if _, err := args.toEngine(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
