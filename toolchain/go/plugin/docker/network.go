package docker

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

type network struct{}

type networkArgs struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Labels      []label           `json:"labels"`
	Options     map[string]string `json:"options"`
	Internal    bool              `json:"internal"`
	Attachable  bool              `json:"attachable"`
	Ingress     bool              `json:"ingress"`
	IPv6        bool              `json:"ipv6"`
	IpamDriver  string            `json:"ipamDriver"`
	IpamOptions map[string]string `json:"ipamOptions"`
	IpamConfigs []ipamConfig      `json:"ipamConfigs"`
}

type ipamConfig struct {
	Subnet     string            `json:"subnet,omitempty"`
	IPRange    string            `json:"ipRange,omitempty"`
	Gateway    string            `json:"gateway,omitempty"`
	AuxAddress map[string]string `json:"auxAddress,omitempty"`
}

func (network) traits() traits { return traits{named: true} }

func (network) schema() props.Schema {
	return props.Schema{
		"name":        props.Text().Required().Replaces(),
		"labels":      labels().Replaces(),
		"driver":      props.Text().Replaces().Computed(),
		"options":     props.Texts().Replaces().Computed(),
		"internal":    props.Flag().Replaces().Computed(),
		"attachable":  props.Flag().Replaces(),
		"ingress":     props.Flag().Replaces(),
		"ipv6":        props.Flag().Replaces(),
		"ipamDriver":  props.Text().Replaces().Or("default"),
		"ipamOptions": props.Texts().Replaces(),
		"ipamConfigs": props.SetOf(props.Fields(props.Schema{
			"subnet":     props.Text(),
			"ipRange":    props.Text(),
			"gateway":    props.Text(),
			"auxAddress": props.Texts(),
		})).Replaces().Computed(),
		"scope": props.Text().ReadOnly(),
	}
}

func (network) create(ctx context.Context, s *session, inputs property.Map) (string, error) {
	var args networkArgs
	if err := props.Into(inputs, &args); err != nil {
		return "", err
	}
	ipam := &engine.IPAM{Driver: args.IpamDriver, Options: args.IpamOptions}
	for _, config := range args.IpamConfigs {
		ipam.Config = append(ipam.Config, engine.IPAMPool{
			Subnet: config.Subnet, IPRange: config.IPRange, Gateway: config.Gateway, AuxAddresses: config.AuxAddress,
		})
	}
	return s.engine.CreateNetwork(ctx, engine.Network{
		Name: args.Name, Driver: args.Driver, Labels: labelMap(args.Labels), Options: args.Options,
		Internal: args.Internal, Attachable: args.Attachable, Ingress: args.Ingress, EnableIPv6: args.IPv6, IPAM: ipam,
	})
}

func (network) read(ctx context.Context, s *session, id string, _ property.Map) (map[string]any, bool, error) {
	found, err := s.engine.Network(ctx, id)
	if engine.NotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	read := map[string]any{
		"name": found.Name, "labels": labelList(found.Labels), "driver": found.Driver, "options": found.Options,
		"internal": found.Internal, "attachable": found.Attachable, "ingress": found.Ingress, "ipv6": found.EnableIPv6,
		"scope": found.Scope,
	}
	if found.IPAM != nil {
		pools := []ipamConfig{}
		for _, pool := range found.IPAM.Config {
			pools = append(pools, ipamConfig{pool.Subnet, pool.IPRange, pool.Gateway, pool.AuxAddresses})
		}
		read["ipamDriver"], read["ipamOptions"] = found.IPAM.Driver, found.IPAM.Options
		read["ipamConfigs"] = pools
	}
	return read, true, nil
}

func (network) update(context.Context, *session, string, property.Map, property.Map) error {
	return nil // every change replaces
}

func (network) delete(ctx context.Context, s *session, id string, _ property.Map) error {
	return eventually(ctx, "has active endpoints", func() error { return s.engine.RemoveNetwork(ctx, id) })
}
