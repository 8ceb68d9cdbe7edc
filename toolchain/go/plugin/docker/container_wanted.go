package docker

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"relink/toolchain/plugin/engine"
)

const bytesPerMegabyte = 1 << 20

// toEngine says in the Engine API's words what the inputs ask for.
func (args containerArgs) toEngine() (engine.NewContainer, error) {
	var wanted engine.NewContainer
	for _, word := range args.Command {
		if word == "" {
			return wanted, errors.New("command: values may not be empty")
		}
	}
	health, err := args.Healthcheck.toEngine()
	if err != nil {
		return wanted, err
	}
	host, err := args.hostConfig()
	if err != nil {
		return wanted, err
	}
	wanted.ContainerConfig = engine.ContainerConfig{
		Image: args.Image, Hostname: args.Hostname, Domainname: args.Domainname, User: args.User, Env: args.Envs,
		Cmd: args.Command, Entrypoint: args.Entrypoints, WorkingDir: args.WorkingDir, Labels: labelMap(args.Labels),
		Healthcheck: health, StopSignal: args.StopSignal, Tty: args.Tty, OpenStdin: args.StdinOpen,
	}
	if args.StopTimeout != 0 {
		wanted.StopTimeout = &args.StopTimeout
	}
	wanted.ExposedPorts, host.PortBindings = bindings(args.Ports)
	wanted.Volumes, host.Binds, host.VolumesFrom, err = binds(args.Volumes)
	wanted.HostConfig = host
	return wanted, err
}

func (args containerArgs) hostConfig() (engine.HostConfig, error) {
	limits, err := args.limits()
	host := engine.HostConfig{
		Resources: limits, Tmpfs: args.Tmpfs, NetworkMode: args.NetworkMode, PublishAllPorts: args.PublishAllPorts,
		RestartPolicy: args.restartPolicy(), AutoRemove: args.Rm, ReadonlyRootfs: args.ReadOnly,
		Privileged: args.Privileged, Init: &args.Init,
		LogConfig: engine.LogConfig{Type: args.LogDriver, Config: args.LogOpts},
		CapAdd:    args.Capabilities.Adds, CapDrop: args.Capabilities.Drops, DNS: args.DNS, DNSOptions: args.DNSOpts,
		DNSSearch: args.DNSSearches, GroupAdd: args.GroupAdds, SecurityOpt: args.SecurityOpts,
		StorageOpt: args.StorageOpts, Sysctls: args.Sysctls, Runtime: args.Runtime, IpcMode: args.IpcMode,
		PidMode: args.PidMode, UsernsMode: args.UsernsMode, CgroupnsMode: args.CgroupnsMode,
		CgroupParent: args.CgroupParent, ShmSize: args.ShmSize * bytesPerMegabyte,
	}
	for _, entry := range args.Hosts {
		host.ExtraHosts = append(host.ExtraHosts, entry.Host+":"+entry.IP)
	}
	for _, limit := range args.Ulimits {
		host.Ulimits = append(host.Ulimits, engine.Ulimit(limit))
	}
	for _, mount := range args.Mounts {
		host.Mounts = append(host.Mounts, mount.toEngine())
	}
	return host, err
}

func (args containerArgs) restartPolicy() engine.RestartPolicy {
	return engine.RestartPolicy{Name: args.Restart, MaximumRetryCount: args.MaxRetryCount}
}

func (args containerArgs) limits() (engine.Resources, error) {
	limits := engine.Resources{
		Memory: args.Memory * bytesPerMegabyte, MemoryReservation: args.MemoryReservation * bytesPerMegabyte,
		MemorySwap: megabytes(args.MemorySwap), CPUShares: args.CPUShares, CpusetCpus: args.CPUSet,
	}
	for _, device := range args.Devices {
		inside := device.ContainerPath
		if inside == "" {
			inside = device.HostPath
		}
		limits.Devices = append(limits.Devices, engine.Device{
			PathOnHost: device.HostPath, PathInContainer: inside, CgroupPermissions: device.Permissions,
		})
	}
	if args.Cpus == "" {
		limits.CPUPeriod, limits.CPUQuota = args.CPUPeriod, args.CPUQuota
		return limits, nil
	}
	cpus, ok := new(big.Rat).SetString(args.Cpus)
	if !ok {
		return limits, fmt.Errorf("cpus: %q is not a number such as \"1.5\"", args.Cpus)
	}
	nano := cpus.Mul(cpus, big.NewRat(1_000_000_000, 1))
	if !nano.IsInt() {
		return limits, fmt.Errorf("cpus: %q has more than nine decimals", args.Cpus)
	}
	limits.NanoCPUs = nano.Num().Int64()
	return limits, nil
}

// megabytes leaves -1 (no limit) as it is.
func megabytes(amount int64) int64 {
	if amount > 0 {
		return amount * bytesPerMegabyte
	}
	return amount
}

func bindings(ports []port) (map[string]struct{}, map[string][]engine.PortBinding) {
	exposed, bound := map[string]struct{}{}, map[string][]engine.PortBinding{}
	for _, port := range ports {
		inside := strconv.Itoa(port.Internal) + "/" + port.Protocol
		exposed[inside] = struct{}{}
		bound[inside] = append(bound[inside], engine.PortBinding{HostIP: port.IP, HostPort: strconv.Itoa(port.External)})
	}
	return exposed, bound
}

func binds(volumes []volumeMount) (unnamed map[string]struct{}, named, from []string, err error) {
	unnamed = map[string]struct{}{}
	for i, volume := range volumes {
		source := volume.HostPath
		if source == "" {
			source = volume.VolumeName
		}
		switch {
		case volume.FromContainer == "" && volume.ContainerPath == "":
			return nil, nil, nil, fmt.Errorf("volumes[%d]: needs containerPath or fromContainer", i)
		case volume.FromContainer != "" && volume.ContainerPath != "":
			return nil, nil, nil, fmt.Errorf("volumes[%d]: containerPath and fromContainer exclude each other", i)
		case volume.FromContainer != "":
			from = append(from, volume.FromContainer)
			continue
		}
		unnamed[volume.ContainerPath] = struct{}{}
		if source != "" {
			mode := "rw"
			if volume.ReadOnly {
				mode = "ro"
			}
			if volume.SelinuxRelabel != "" {
				mode += "," + volume.SelinuxRelabel
			}
			named = append(named, source+":"+volume.ContainerPath+":"+mode)
		}
	}
	return unnamed, named, from, nil
}

func (m mount) toEngine() engine.Mount {
	wanted := engine.Mount{Type: m.Type, Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly}
	if m.BindOptions != nil && m.Type == "bind" {
		wanted.BindOptions = &engine.BindOptions{Propagation: m.BindOptions.Propagation}
	}
	if options := m.VolumeOptions; options != nil && m.Type == "volume" {
		wanted.VolumeOptions = &engine.VolumeOptions{
			NoCopy: options.NoCopy, Labels: labelMap(options.Labels), Subpath: options.Subpath,
		}
		if options.DriverName != "" || len(options.DriverOptions) > 0 {
			wanted.VolumeOptions.DriverConfig = &engine.MountDriver{Name: options.DriverName, Options: options.DriverOptions}
		}
	}
	if m.TmpfsOptions != nil && m.Type == "tmpfs" {
		wanted.TmpfsOptions = &engine.TmpfsOptions{SizeBytes: m.TmpfsOptions.SizeBytes, Mode: m.TmpfsOptions.Mode}
	}
	return wanted
}

func (n networkPlacement) toEngine() engine.Endpoint {
	options := map[string]string{}
	for _, option := range n.DriverOpts {
		if name, value, found := strings.Cut(option, "="); found {
			options[name] = value
		}
	}
	return engine.Endpoint{
		Aliases: n.Aliases, MacAddress: n.MacAddress, DriverOpts: options,
		IPAMConfig: &engine.EndpointIPAM{
			IPv4Address: n.Ipv4Address, IPv6Address: n.Ipv6Address, LinkLocalIPs: n.LinkLocalIps,
		},
	}
}

func (h *healthcheck) toEngine() (*engine.Healthcheck, error) {
	if h == nil {
		return nil, nil
	}
	wanted := &engine.Healthcheck{Test: h.Tests, Retries: h.Retries}
	for _, one := range []struct {
		name, text string
		into       *int64
	}{
		{"interval", h.Interval, &wanted.Interval},
		{"timeout", h.Timeout, &wanted.Timeout},
		{"startPeriod", h.StartPeriod, &wanted.StartPeriod},
		{"startInterval", h.StartInterval, &wanted.StartInterval},
	} {
		if one.text == "" {
			continue
		}
		duration, err := time.ParseDuration(one.text)
		if err != nil || duration < 0 {
			return nil, fmt.Errorf("healthcheck.%s: %q is not a duration such as \"10s\"", one.name, one.text)
		}
		*one.into = duration.Nanoseconds()
	}
	return wanted, nil
}
