package docker

import (
	"context"
	"errors"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

// create leaves nothing behind when it fails: the container is removed again, so that the next `up` starts afresh.
func (container) create(ctx context.Context, s *session, inputs property.Map) (string, error) {
	var args containerArgs
	if err := props.Into(inputs, &args); err != nil {
		return "", err
	}
	if _, err := s.findImage(ctx, args.Image, args.Platform); err != nil {
		return "", err
	}
	wanted, err := args.toEngine()
	if err != nil {
		return "", err
	}
	id, warnings, err := s.engine.CreateContainer(ctx, args.Name, args.Platform, wanted)
	if err != nil {
		return "", err
	}
	for _, warning := range warnings {
		p.GetLogger(ctx).Warning("Docker: " + warning)
	}
	if err := s.bringUp(ctx, id, args); err != nil {
		// The cause may be that we were cancelled; the removal must happen all the same.
		if removal := s.engine.RemoveContainer(context.WithoutCancel(ctx), id, true); removal != nil {
			return "", errors.Join(err, fmt.Errorf("the container that failed could not be removed: %w", removal))
		}
		return "", err
	}
	return id, nil
}

func (s *session) bringUp(ctx context.Context, id string, args containerArgs) error {
	if err := s.connect(ctx, id, args.NetworksAdvanced); err != nil {
		return err
	}
	if !args.Start {
		return nil
	}
	if err := s.engine.Start(ctx, id); err != nil {
		return err
	}
	if !args.Wait {
		return nil
	}
	return s.waitHealthy(ctx, id, time.Duration(args.WaitTimeout)*time.Second)
}

// connect moves a new container from the default network to the wanted ones.
func (s *session) connect(ctx context.Context, id string, placements []networkPlacement) error {
	if len(placements) == 0 {
		return nil
	}
	if err := s.engine.Disconnect(ctx, "bridge", id); err != nil && !engine.Says(err, "is not connected to") {
		return fmt.Errorf("disconnect it from the default network: %w", err)
	}
	for _, placement := range placements {
		if err := s.engine.Connect(ctx, placement.Name, id, placement.toEngine()); err != nil {
			return fmt.Errorf("connect it to network %s: %w", placement.Name, err)
		}
	}
	return nil
}

func (s *session) waitHealthy(ctx context.Context, id string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, time.Second) {
		found, err := s.engine.Container(ctx, id)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("it was not healthy within %s (waitTimeout)", limit)
		case err != nil:
			return err
		case found.State.Health == nil:
			return errors.New("`wait` needs a health check: give the container a `healthcheck` or leave `wait` out")
		case found.State.Health.Status == "healthy":
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
