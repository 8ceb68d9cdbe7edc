package docker

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

// read says of a container what the vendor's plugin (upstream v4.5) reads, no more: environment, labels, volumes and
// networks are never read back, so an imported container lacks them.
func (container) read(ctx context.Context, s *session, id string, state property.Map) (map[string]any, bool, error) {
	found, err := s.engine.Container(ctx, id)
	if engine.NotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	read := described(found)
	maps.Copy(read, limitsOf(found.HostConfig.Resources))
	hadMustRun := isTrue(state.Get("mustRun"))
	if has(state, "ports") && (found.State.Running || hadMustRun) {
		read["ports"] = portsOf(found.NetworkSettings.Ports)
	}
	if !found.State.Running {
		read["exitCode"] = found.State.ExitCode
		if hadMustRun {
			read["mustRun"] = false // the difference makes the next `up` start it
		}
	}
	if text := state.Get("image"); text.IsString() && strings.HasPrefix(text.AsString(), "sha256:") {
		read["image"] = found.Image
	}
	if has(state, "ulimits") {
		read["ulimits"] = converted(found.HostConfig.Ulimits, func(one engine.Ulimit) ulimit { return ulimit(one) })
	}
	if has(state, "logOpts") {
		read["logOpts"] = found.HostConfig.LogConfig.Config
	}
	if has(state, "pidMode") {
		read["pidMode"] = found.HostConfig.PidMode
	}
	return read, true, nil
}

func described(found engine.Container) map[string]any {
	config, host := found.Config, found.HostConfig
	read := map[string]any{
		"name": strings.TrimPrefix(found.Name, "/"), "image": config.Image, "platform": found.Platform,
		"runtime": host.Runtime, "command": config.Cmd, "entrypoints": config.Entrypoint,
		"workingDir": config.WorkingDir, "user": config.User, "groupAdds": host.GroupAdd,
		"init": host.Init != nil && *host.Init, "tty": config.Tty, "stdinOpen": config.OpenStdin,
		"stopSignal": config.StopSignal, "stopTimeout": config.StopTimeout, "rm": host.AutoRemove,
		"restart": host.RestartPolicy.Name, "maxRetryCount": host.RestartPolicy.MaximumRetryCount,
		"hostname": config.Hostname, "domainname": config.Domainname, "networkMode": host.NetworkMode,
		"publishAllPorts": host.PublishAllPorts, "dns": host.DNS, "dnsOpts": host.DNSOptions,
		"dnsSearches": host.DNSSearch, "tmpfs": host.Tmpfs, "readOnly": host.ReadonlyRootfs,
		"storageOpts": host.StorageOpt, "privileged": host.Privileged, "securityOpts": host.SecurityOpt,
		"sysctls": host.Sysctls, "ipcMode": host.IpcMode, "usernsMode": host.UsernsMode,
		"logDriver": host.LogConfig.Type, "shmSize": host.ShmSize / bytesPerMegabyte,
		"bridge": found.NetworkSettings.Bridge, "networkDatas": networksOf(found.NetworkSettings.Networks),
		"mounts": converted(host.Mounts, mountOf),
		"hosts": converted(host.ExtraHosts, func(entry string) hostEntry {
			name, address, _ := strings.Cut(entry, ":")
			return hostEntry{name, address}
		}),
	}
	if len(host.CapAdd)+len(host.CapDrop) > 0 {
		read["capabilities"] = capabilities{Adds: host.CapAdd, Drops: host.CapDrop}
	}
	if health := config.Healthcheck; health != nil {
		read["healthcheck"] = healthcheck{
			Tests: health.Test, Retries: health.Retries, Interval: time.Duration(health.Interval).String(),
			Timeout: time.Duration(health.Timeout).String(), StartPeriod: time.Duration(health.StartPeriod).String(),
			StartInterval: time.Duration(health.StartInterval).String(),
		}
	}
	return read
}

func limitsOf(limits engine.Resources) map[string]any {
	read := map[string]any{
		"memory":            limits.Memory / bytesPerMegabyte,
		"memoryReservation": limits.MemoryReservation / bytesPerMegabyte,
		"memorySwap":        limits.MemorySwap,
		"cpuShares":         limits.CPUShares,
		"cpuSet":            limits.CpusetCpus,
	}
	if limits.MemorySwap > 0 {
		read["memorySwap"] = limits.MemorySwap / bytesPerMegabyte
	}
	if limits.NanoCPUs > 0 {
		text := big.NewRat(limits.NanoCPUs, 1_000_000_000).FloatString(9)
		read["cpus"] = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return read
}

// portsOf sorts by the port inside, as the vendor's does.
func portsOf(published map[string][]engine.PortBinding) []port {
	ports := []port{}
	for inside, bindings := range published {
		number, protocol, _ := strings.Cut(inside, "/")
		internal, _ := strconv.Atoi(number)
		for _, binding := range bindings {
			external, _ := strconv.Atoi(binding.HostPort)
			ports = append(ports, port{Internal: internal, External: external, IP: binding.HostIP, Protocol: protocol})
		}
	}
	slices.SortStableFunc(ports, func(a, b port) int {
		return 2*(a.Internal-b.Internal) + strings.Compare(a.Protocol, b.Protocol)
	})
	return ports
}

func networksOf(networks map[string]*engine.Endpoint) []networkData {
	found := []networkData{}
	for name, endpoint := range networks {
		if endpoint == nil {
			continue
		}
		found = append(found, networkData{
			NetworkName: name, IPAddress: endpoint.IPAddress, IPPrefixLength: endpoint.IPPrefixLen,
			Gateway: endpoint.Gateway, GlobalIpv6Address: endpoint.GlobalIPv6Address,
			GlobalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen, Ipv6Gateway: endpoint.IPv6Gateway,
			MacAddress: endpoint.MacAddress,
		})
	}
	slices.SortFunc(found, func(a, b networkData) int { return strings.Compare(a.NetworkName, b.NetworkName) })
	return found
}

func mountOf(found engine.Mount) mount {
	read := mount{Type: found.Type, Target: found.Target, Source: found.Source, ReadOnly: found.ReadOnly}
	if found.BindOptions != nil {
		read.BindOptions = &bindOptions{found.BindOptions.Propagation}
	}
	if options := found.VolumeOptions; options != nil {
		read.VolumeOptions = &volumeOptions{NoCopy: options.NoCopy, Labels: labelList(options.Labels), Subpath: options.Subpath}
		if options.DriverConfig != nil {
			read.VolumeOptions.DriverName = options.DriverConfig.Name
			read.VolumeOptions.DriverOptions = options.DriverConfig.Options
		}
	}
	if found.TmpfsOptions != nil {
		read.TmpfsOptions = &tmpfsOptions{found.TmpfsOptions.SizeBytes, found.TmpfsOptions.Mode}
	}
	return read
}

func has(state property.Map, name string) bool {
	given := props.Plain(state.Get(name))
	switch given := given.(type) {
	case nil:
		return false
	case string:
		return given != ""
	case []any:
		return len(given) > 0
	case map[string]any:
		return len(given) > 0
	default:
		return true
	}
}

func converted[From, To any](items []From, convert func(From) To) []To {
	list := make([]To, len(items))
	for i, item := range items {
		list[i] = convert(item)
	}
	return list
}
