package docker

import "relink/toolchain/plugin/props"

// containerSchema is the vendor's for version 5.2.0: names, defaults, and what replaces the container.
var containerSchema = props.Schema{
	"name":     props.Text().Required().Replaces(),
	"image":    props.Text().Required().Replaces(),
	"platform": props.Text().Replaces().Computed(),
	"runtime":  props.Text().Replaces().Computed(),

	// What runs.
	"command":     props.ListOf(props.Text()).Replaces().Computed(),
	"entrypoints": props.ListOf(props.Text()).Replaces().Computed(),
	"envs":        props.SetOf(props.Text()).Replaces().Computed(),
	"workingDir":  props.Text().Replaces().KeptWhenEmpty(),
	"user":        props.Text().Replaces().KeptWhenEmpty(),
	"groupAdds":   props.SetOf(props.Text()).Replaces(),
	"init":        props.Flag().Computed(),
	"tty":         props.Flag().Replaces().Or(false),
	"stdinOpen":   props.Flag().Replaces().Or(false),
	"stopSignal":  props.Text().Replaces().Computed(),
	"stopTimeout": props.Whole().Replaces().Computed(),
	"labels":      labels().Replaces().Computed(),
	"healthcheck": props.Fields(props.Schema{
		"tests":         props.ListOf(props.Text()),
		"interval":      props.Text().Or("0s"),
		"timeout":       props.Text().Or("0s"),
		"startPeriod":   props.Text().Or("0s"),
		"startInterval": props.Text().Or("0s"),
		"retries":       props.Whole().Or(0),
	}).Computed(),

	// How long it lives.
	"start":               props.Flag().Or(true),
	"mustRun":             props.Flag().Or(true),
	"rm":                  props.Flag().Or(false),
	"restart":             props.Text().Or("no").OneOf("no", "on-failure", "always", "unless-stopped"),
	"maxRetryCount":       props.Whole(),
	"destroyGraceSeconds": props.Whole(),
	"removeVolumes":       props.Flag().Or(true),
	"wait":                props.Flag().Or(false),
	"waitTimeout":         props.Whole().Or(60),
	"attach":              props.Flag().Or(false).Just(false),
	"logs":                props.Flag().Or(false).Just(false),
	// Only the vendor's plugin waits for a container to settle after a read.
	"containerReadRefreshTimeoutMilliseconds": props.Whole().Or(15000),

	// Networks.
	"hostname":        props.Text().Replaces().Computed(),
	"domainname":      props.Text().Replaces(),
	"networkMode":     props.Text().Replaces().Or("bridge"),
	"publishAllPorts": props.Flag().Replaces(),
	"dns":             props.SetOf(props.Text()).Replaces(),
	"dnsOpts":         props.SetOf(props.Text()).Replaces(),
	"dnsSearches":     props.SetOf(props.Text()).Replaces(),
	"hosts": props.SetOf(props.Fields(props.Schema{
		"host": props.Text().Required(),
		"ip":   props.Text().Required(),
	})).Replaces(),
	"ports": props.ListOf(props.Fields(props.Schema{
		"internal": props.Whole().Required(),
		"external": props.Whole().Computed(),
		"ip":       props.Text().Or("0.0.0.0"),
		"protocol": props.Text().Or("tcp"),
	})).Replaces(),
	"networksAdvanced": props.SetOf(props.Fields(props.Schema{
		"name":         props.Text().Required(),
		"aliases":      props.SetOf(props.Text()),
		"ipv4Address":  props.Text(),
		"ipv6Address":  props.Text(),
		"macAddress":   props.Text(),
		"linkLocalIps": props.SetOf(props.Text()),
		"driverOpts":   props.SetOf(props.Text()),
	})).Replaces(),

	// Files.
	"volumes": props.SetOf(props.Fields(props.Schema{
		"containerPath":  props.Text(),
		"volumeName":     props.Text(),
		"hostPath":       props.Text(),
		"fromContainer":  props.Text(),
		"readOnly":       props.Flag(),
		"selinuxRelabel": props.Text().OneOf("z", "Z"),
	})).Replaces(),
	"mounts": props.SetOf(props.Fields(props.Schema{
		"type":     props.Text().Required().OneOf("bind", "volume", "tmpfs"),
		"target":   props.Text().Required(),
		"source":   props.Text(),
		"readOnly": props.Flag(),
		"bindOptions": props.Fields(props.Schema{
			"propagation": props.Text().OneOf("private", "rprivate", "shared", "rshared", "slave", "rslave"),
		}),
		"volumeOptions": props.Fields(props.Schema{
			"noCopy":        props.Flag(),
			"labels":        labels(),
			"driverName":    props.Text(),
			"driverOptions": props.Texts(),
			"subpath":       props.Text(),
		}),
		"tmpfsOptions": props.Fields(props.Schema{
			"sizeBytes": props.Whole(),
			"mode":      props.Whole(),
		}),
	})).Replaces(),
	"tmpfs":       props.Texts(),
	"readOnly":    props.Flag().Replaces().Or(false),
	"storageOpts": props.Texts().Replaces(),

	// Rights and limits.
	"privileged": props.Flag().Replaces(),
	"capabilities": props.Fields(props.Schema{
		"adds":  props.SetOf(props.Text()),
		"drops": props.SetOf(props.Text()),
	}).Replaces(),
	"securityOpts": props.SetOf(props.Text()).Replaces().Computed(),
	"sysctls":      props.Texts().Replaces(),
	"ulimits": props.SetOf(props.Fields(props.Schema{
		"name": props.Text().Required(),
		"soft": props.Whole().Required(),
		"hard": props.Whole().Required(),
	})).Replaces(),
	"devices": props.SetOf(props.Fields(props.Schema{
		"hostPath":      props.Text().Required(),
		"containerPath": props.Text(),
		"permissions":   props.Text().Or("rwm"),
	})).Replaces(),
	"memory":            props.Whole(),
	"memoryReservation": props.Whole().Or(0),
	"memorySwap":        props.Whole(),
	"shmSize":           props.Whole().Replaces().Computed(),
	"cpus":              props.Text().Replaces(),
	"cpuShares":         props.Whole(),
	"cpuSet":            props.Text(),
	"cpuPeriod":         props.Whole(),
	"cpuQuota":          props.Whole(),
	"ipcMode":           props.Text().Replaces().Computed(),
	"pidMode":           props.Text().Replaces(),
	"usernsMode":        props.Text().Replaces(),
	"cgroupnsMode":      props.Text().Replaces(),
	"cgroupParent":      props.Text().Replaces(),
	"logDriver":         props.Text().Replaces().Computed(),
	"logOpts":           props.Texts().Replaces(),

	"bridge":        props.Text().ReadOnly(),
	"containerLogs": props.Text().ReadOnly(),
	"exitCode":      props.Whole().ReadOnly(),
	"networkDatas": props.ListOf(props.Fields(props.Schema{
		"networkName":            props.Text(),
		"ipAddress":              props.Text(),
		"ipPrefixLength":         props.Whole(),
		"gateway":                props.Text(),
		"globalIpv6Address":      props.Text(),
		"globalIpv6PrefixLength": props.Whole(),
		"ipv6Gateway":            props.Text(),
		"macAddress":             props.Text(),
	})).ReadOnly(),
}
