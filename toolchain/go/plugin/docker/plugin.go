// Package docker stands in for the vendor's docker plugin: the same resources, properties, defaults and replace rules,
// for the few types that relink uses.
package docker

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/props"
)

// Name and Version are those of the vendor's plugin that this one stands in for.
const (
	Name    = "docker"
	Version = "5.2.0"
)

// kind is one resource type.
type kind interface {
	schema() props.Schema
	// traits say how the type is named and replaced.
	traits() traits
	create(ctx context.Context, s *session, inputs property.Map) (id string, err error)
	// read returns what Docker says now; found is false when the object is gone. The state is empty in an import.
	read(ctx context.Context, s *session, id string, state property.Map) (read map[string]any, found bool, err error)
	update(ctx context.Context, s *session, id string, state, inputs property.Map) error
	delete(ctx context.Context, s *session, id string, state property.Map) error
}

type traits struct {
	named               bool // a name is made up where none is given
	deleteBeforeReplace bool // always, not only where two of the same name cannot be
	notImportable       bool
}

var kinds = map[string]kind{
	"docker:index/network:Network":         network{},
	"docker:index/volume:Volume":           volume{},
	"docker:index/remoteImage:RemoteImage": image{},
	"docker:index/container:Container":     container{},
}

// Plugin is the provider that Pulumi talks to.
func Plugin() p.Provider {
	s := &session{}
	return p.Provider{
		GetSchema:   getSchema,
		CheckConfig: checkConfig,
		DiffConfig:  diffConfig,
		Configure:   s.configure,
		Cancel:      func(context.Context) error { return nil },
		Check:       check,
		Diff:        diff,
		Create:      s.create,
		Read:        s.read,
		Update:      s.update,
		Delete:      s.delete,
	}
}

func kindOf(urn resource.URN) (kind, error) {
	found, ok := kinds[string(urn.Type())]
	if !ok {
		return nil, fmt.Errorf("%s: relink's stand-in for the vendor's docker plugin does not have this type; install "+
			"the vendor's plugin to use it", urn.Type())
	}
	return found, nil
}

func check(_ context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return p.CheckResponse{}, err
	}
	given := req.Inputs
	var made []property.Value
	if _, named := given.GetOk("name"); !named && kind.traits().named {
		name, err := madeUpName(req)
		if err != nil {
			return p.CheckResponse{}, err
		}
		given = given.Set("name", property.New(name))
		made = append(made, property.New("name"))
	}
	inputs, failures := props.Check(kind.schema(), given)
	return p.CheckResponse{Inputs: inputs.Set(defaultsKey, property.New(made)), Failures: failures}, nil
}

// defaultsKey is where the vendor's plugin, too, notes which inputs nobody wrote.
const defaultsKey = "__defaults"

func madeUpName(req p.CheckRequest) (string, error) {
	if old := req.State.Get("name"); madeUp(req.State) && old.IsString() {
		return old.AsString(), nil
	}
	return resource.NewUniqueHex(req.Urn.Name()+"-", 7, 255)
}

func madeUp(inputs property.Map) bool {
	if noted := inputs.Get(defaultsKey); noted.IsArray() {
		for _, name := range noted.AsArray().AsSlice() {
			if name.IsString() && name.AsString() == "name" {
				return true
			}
		}
	}
	return false
}

func diff(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return p.DiffResponse{}, err
	}
	changes := props.Diff(kind.schema(), req)
	first := kind.traits().deleteBeforeReplace
	if kind.traits().named && !madeUp(req.Inputs) {
		// Two of the same name cannot be: with a name that somebody chose and that stays, the old one goes first.
		_, renamed := changes["name"]
		first = first || !renamed
	}
	return p.DiffResponse{
		HasChanges:          len(changes) > 0,
		DetailedDiff:        changes,
		DeleteBeforeReplace: first && props.Replaces(changes),
	}, nil
}

func (s *session) create(ctx context.Context, req p.CreateRequest) (p.CreateResponse, error) {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return p.CreateResponse{}, err
	}
	if req.DryRun {
		return p.CreateResponse{Properties: foreseen(kind.schema(), req.Properties)}, nil
	}
	if err := s.ready(); err != nil {
		return p.CreateResponse{}, err
	}
	id, err := kind.create(ctx, s, req.Properties)
	if err != nil {
		return p.CreateResponse{}, located("create", req.Urn, err)
	}
	read, found, err := kind.read(ctx, s, id, req.Properties)
	if err == nil && !found {
		err = fmt.Errorf("it was gone right after it was created")
	}
	if err != nil {
		// Docker has the object, so Pulumi must know its id; the next `up` or `destroy` takes it from there.
		return p.CreateResponse{
			ID: id, Properties: written(req.Properties), PartialState: &p.InitializationFailed{Reasons: []string{err.Error()}},
		}, located("read", req.Urn, err)
	}
	schema := kind.schema()
	state := props.Chosen(schema, props.Merge(schema, written(req.Properties), read))
	return p.CreateResponse{ID: id, Properties: state}, nil
}

func (s *session) read(ctx context.Context, req p.ReadRequest) (p.ReadResponse, error) {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return p.ReadResponse{}, err
	}
	if err := s.ready(); err != nil {
		return p.ReadResponse{}, err
	}
	imported := req.Properties.Len() == 0
	if imported && kind.traits().notImportable {
		return p.ReadResponse{}, fmt.Errorf("%s cannot be imported (with the vendor's plugin neither)", req.Urn.Type())
	}
	read, found, err := kind.read(ctx, s, req.ID, req.Properties)
	if err != nil {
		return p.ReadResponse{}, located("read", req.Urn, err)
	}
	if !found {
		return p.ReadResponse{}, nil
	}
	state := props.Merge(kind.schema(), req.Properties, read)
	inputs := props.Refreshed(kind.schema(), req.Inputs, state)
	if imported {
		inputs = props.Inputs(kind.schema(), state)
	}
	return p.ReadResponse{ID: req.ID, Properties: state, Inputs: inputs}, nil
}

func (s *session) update(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return p.UpdateResponse{}, err
	}
	schema := kind.schema()
	state := carried(schema, req.State, req.Inputs)
	if req.DryRun {
		return p.UpdateResponse{Properties: state}, nil
	}
	if err := s.ready(); err != nil {
		return p.UpdateResponse{}, err
	}
	if err := kind.update(ctx, s, req.ID, req.State, req.Inputs); err != nil {
		return p.UpdateResponse{}, located("update", req.Urn, err)
	}
	read, found, err := kind.read(ctx, s, req.ID, state)
	if err != nil {
		return p.UpdateResponse{}, located("read", req.Urn, err)
	}
	if !found {
		return p.UpdateResponse{}, located("update", req.Urn, fmt.Errorf("it no longer exists; `pulumi refresh` notes that"))
	}
	for name := range read {
		if !schema[name].Output {
			delete(read, name)
		}
	}
	return p.UpdateResponse{Properties: props.Merge(schema, state, read)}, nil
}

func (s *session) delete(ctx context.Context, req p.DeleteRequest) error {
	kind, err := kindOf(req.Urn)
	if err != nil {
		return err
	}
	if err := s.ready(); err != nil {
		return err
	}
	if err := kind.delete(ctx, s, req.ID, req.Properties); err != nil {
		return located("delete", req.Urn, err)
	}
	return nil
}
