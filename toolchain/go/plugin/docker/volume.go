package docker

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

type volume struct{}

type volumeArgs struct {
	Name       string            `json:"name"`
	Labels     []label           `json:"labels"`
	Driver     string            `json:"driver"`
	DriverOpts map[string]string `json:"driverOpts"`
}

func (volume) traits() traits { return traits{named: true} }

func (volume) schema() props.Schema {
	return props.Schema{
		"name":       props.Text().Replaces().Computed(),
		"labels":     labels().Replaces(),
		"driver":     props.Text().Replaces().Computed(),
		"driverOpts": props.Texts().Replaces(),
		"mountpoint": props.Text().ReadOnly(),
	}
}

// create takes over a volume that exists under this name, as Docker itself and the vendor's plugin do.
func (volume) create(ctx context.Context, s *session, inputs property.Map) (string, error) {
	var args volumeArgs
	if err := props.Into(inputs, &args); err != nil {
		return "", err
	}
	created, err := s.engine.CreateVolume(ctx, engine.NewVolume{
		Name: args.Name, Driver: args.Driver, DriverOpts: args.DriverOpts, Labels: labelMap(args.Labels),
	})
	return created.Name, err
}

func (volume) read(ctx context.Context, s *session, id string, _ property.Map) (map[string]any, bool, error) {
	found, err := s.engine.Volume(ctx, id)
	if engine.NotFound(err) {
		return nil, false, nil
	}
	return map[string]any{
		"name": found.Name, "labels": labelList(found.Labels), "driver": found.Driver, "driverOpts": found.Options,
		"mountpoint": found.Mountpoint,
	}, err == nil, err
}

func (volume) update(context.Context, *session, string, property.Map, property.Map) error {
	return nil // every change replaces
}

func (volume) delete(ctx context.Context, s *session, id string, _ property.Map) error {
	return eventually(ctx, "volume is in use", func() error { return s.engine.RemoveVolume(ctx, id) })
}
