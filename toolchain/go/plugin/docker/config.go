package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

const defaultHost = "unix:///var/run/docker.sock"

// session is one configured provider: an engine and the credentials for its registries.
type session struct {
	engine      *engine.Client
	credentials map[string]engine.Credentials
}

type registryAuth struct {
	Address      string `json:"address"`
	Username     string `json:"username"`
	Password     string `json:"password"`
	AuthDisabled bool   `json:"authDisabled"`
}

var ownSettings = []string{"host", "certPath", "registryAuth", "disableDockerDaemonCheck"}

var notSupported = []string{
	"caMaterial", "certMaterial", "context", "keyMaterial", "sshOpts",
}

// Settings that Pulumi itself puts beside the provider's.
var pulumisOwn = []string{"version", "pluginDownloadURL", "pluginChecksums", "parameterization"}

func checkConfig(_ context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	inputs := req.Inputs
	var failures []p.CheckFailure
	known := map[string]bool{}
	for _, name := range append(slices.Clone(ownSettings), pulumisOwn...) {
		known[name] = true
	}
	for name := range props.PlainMap(inputs) {
		if !known[name] {
			failures = append(failures, p.CheckFailure{Property: name, Reason: "relink's stand-in " +
				"for the vendor's docker plugin does not know this setting (not supported: " +
				strings.Join(notSupported, ", ") + "); install the vendor's plugin to use it"})
		}
	}
	if _, given := inputs.GetOk("host"); !given {
		inputs = inputs.Set("host", property.New(hostOfMachine()))
	}
	return p.CheckResponse{Inputs: inputs, Failures: failures}, nil
}

func hostOfMachine() string {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return host
	}
	return defaultHost
}

// diffConfig: a change of the engine's address updates the provider and, as with the vendor's, replaces nothing.
func diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	changes := map[string]p.PropertyDiff{}
	for _, name := range ownSettings {
		if !req.OldInputs.Get(name).Equals(req.Inputs.Get(name)) {
			changes[name] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
		}
	}
	return p.DiffResponse{HasChanges: len(changes) > 0, DetailedDiff: changes}, nil
}

func (s *session) configure(ctx context.Context, req p.ConfigureRequest) error {
	host := req.Args.Get("host")
	if host.IsComputed() {
		return nil // only a preview can be here
	}
	address := hostOfMachine()
	if host.IsString() {
		address = host.AsString()
	}
	certPath := os.Getenv("DOCKER_CERT_PATH")
	if given := req.Args.Get("certPath"); given.IsString() {
		certPath = given.AsString()
	}
	client, err := engine.New(address, certPath)
	if err != nil {
		return err
	}
	if s.credentials, err = credentials(req.Args.Get("registryAuth")); err != nil {
		return err
	}
	s.engine = client
	return client.Ping(ctx) // the vendor's asks whatever disableDockerDaemonCheck says
}

func (s *session) ready() error {
	if s.engine == nil {
		return errors.New("the Docker host is not known yet")
	}
	return nil
}

// credentials reads registryAuth, which the SDK sends as JSON text.
func credentials(given property.Value) (map[string]engine.Credentials, error) {
	var entries []registryAuth
	text, err := json.Marshal(props.Plain(given))
	if given.IsString() {
		text = []byte(given.AsString())
	}
	if err != nil || given.IsNull() || given.IsComputed() {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&entries); err != nil {
		return nil, fmt.Errorf("docker:registryAuth: relink's stand-in for the vendor's docker plugin knows address, "+
			"username and password: %w", err)
	}
	found := map[string]engine.Credentials{}
	for _, entry := range entries {
		if entry.AuthDisabled {
			continue
		}
		address := strings.TrimPrefix(strings.TrimPrefix(entry.Address, "https://"), "http://")
		address = strings.TrimSuffix(address, "/")
		found[address] = engine.Credentials{Username: entry.Username, Password: entry.Password}
	}
	return found, nil
}

func isTrue(value property.Value) bool {
	return value.IsBool() && value.AsBool() || value.IsString() && value.AsString() == "true"
}
