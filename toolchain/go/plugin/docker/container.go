package docker

import (
	"context"
	"fmt"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

type container struct{}

func (container) schema() props.Schema { return containerSchema }

func (container) traits() traits { return traits{named: true, deleteBeforeReplace: true} }

// changeable in place; whatever else neither replaces nor is listed here, the vendor's plugin takes without effect.
var changeable = []string{"restart", "maxRetryCount", "cpuShares", "memory", "memoryReservation", "memorySwap", "cpuSet"}

var withoutEffect = []string{"healthcheck", "tmpfs", "init", "cpuPeriod", "cpuQuota", "rm"}

func (container) update(ctx context.Context, s *session, id string, state, inputs property.Map) error {
	var args containerArgs
	if err := props.Into(inputs, &args); err != nil {
		return err
	}
	changed := func(name string) bool {
		return !props.Same(containerSchema[name], props.Plain(state.Get(name)), props.Plain(inputs.Get(name)))
	}
	if args.MustRun && args.Start && changed("mustRun") {
		if err := s.engine.Start(ctx, id); err != nil {
			return err
		}
	}
	for _, name := range withoutEffect {
		if changed(name) {
			p.GetLogger(ctx).Warning(fmt.Sprintf("a change of %s has no effect on a container that exists (with the "+
				"vendor's plugin neither); replace it with `pulumi up --replace URN`", name))
		}
	}
	if !slices.ContainsFunc(changeable, changed) {
		return nil
	}
	limits, err := args.limits()
	if err != nil {
		return err
	}
	// The rest of the limits replaces the container and so cannot change here.
	limits.NanoCPUs, limits.CPUPeriod, limits.CPUQuota, limits.Devices = 0, 0, 0, nil
	return s.engine.UpdateContainer(ctx, id, engine.ContainerUpdate{Resources: limits, RestartPolicy: args.restartPolicy()})
}

// delete stops the container first; without destroyGraceSeconds it is killed at once, as the vendor's plugin does.
func (container) delete(ctx context.Context, s *session, id string, state property.Map) error {
	var args containerArgs
	if err := props.Into(state, &args); err != nil {
		return err
	}
	if err := s.engine.Stop(ctx, id, max(args.DestroyGraceSeconds, 0)); err != nil && !engine.NotFound(err) {
		return fmt.Errorf("stop it: %w", err)
	}
	err := s.engine.RemoveContainer(ctx, id, args.RemoveVolumes)
	if err != nil && !engine.NotFound(err) && !engine.Says(err, "is already in progress") {
		return err
	}
	return s.waitGone(ctx, id)
}

// waitGone also covers a container that removes itself (`rm`) or that somebody else is just removing.
func (s *session) waitGone(ctx context.Context, id string) error {
	return eventually(ctx, stillThere, func() error {
		_, err := s.engine.Container(ctx, id)
		if err == nil {
			return &engine.Error{Status: 409, Message: stillThere + " after it was removed"}
		}
		return err
	})
}

const stillThere = "the container is still there"
