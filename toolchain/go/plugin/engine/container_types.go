package engine

// NewContainer is what the engine is told when it creates a container.
type NewContainer struct {
	ContainerConfig
	HostConfig HostConfig
}

// Container is what the engine says about a container.
type Container struct {
	ID       string `json:"Id"`
	Name     string
	Image    string
	Platform string
	State    struct {
		Running  bool
		ExitCode int
		Error    string
		Health   *struct{ Status string }
	}
	Config          ContainerConfig
	HostConfig      HostConfig
	NetworkSettings struct {
		Bridge   string
		Ports    map[string][]PortBinding
		Networks map[string]*Endpoint
	}
}

// ContainerConfig is what a container is on any host.
type ContainerConfig struct {
	Image        string
	Hostname     string              `json:",omitempty"`
	Domainname   string              `json:",omitempty"`
	User         string              `json:",omitempty"`
	Env          []string            `json:",omitempty"`
	Cmd          []string            `json:",omitempty"`
	Entrypoint   []string            `json:",omitempty"`
	WorkingDir   string              `json:",omitempty"`
	Labels       map[string]string   `json:",omitempty"`
	ExposedPorts map[string]struct{} `json:",omitempty"`
	Volumes      map[string]struct{} `json:",omitempty"`
	Healthcheck  *Healthcheck        `json:",omitempty"`
	StopSignal   string              `json:",omitempty"`
	StopTimeout  *int                `json:",omitempty"`
	Tty          bool                `json:",omitempty"`
	OpenStdin    bool                `json:",omitempty"`
}

// Healthcheck has its times in nanoseconds.
type Healthcheck struct {
	Test          []string `json:",omitempty"`
	Interval      int64    `json:",omitempty"`
	Timeout       int64    `json:",omitempty"`
	StartPeriod   int64    `json:",omitempty"`
	StartInterval int64    `json:",omitempty"`
	Retries       int      `json:",omitempty"`
}

// HostConfig is what a container gets from its host.
type HostConfig struct {
	Resources
	Binds           []string                 `json:",omitempty"`
	VolumesFrom     []string                 `json:",omitempty"`
	Mounts          []Mount                  `json:",omitempty"`
	Tmpfs           map[string]string        `json:",omitempty"`
	NetworkMode     string                   `json:",omitempty"`
	PortBindings    map[string][]PortBinding `json:",omitempty"`
	PublishAllPorts bool                     `json:",omitempty"`
	RestartPolicy   RestartPolicy
	AutoRemove      bool              `json:",omitempty"`
	ReadonlyRootfs  bool              `json:",omitempty"`
	Privileged      bool              `json:",omitempty"`
	Init            *bool             `json:",omitempty"`
	LogConfig       LogConfig         `json:",omitzero"`
	CapAdd          []string          `json:",omitempty"`
	CapDrop         []string          `json:",omitempty"`
	DNS             []string          `json:"Dns,omitempty"`
	DNSOptions      []string          `json:"DnsOptions,omitempty"`
	DNSSearch       []string          `json:"DnsSearch,omitempty"`
	ExtraHosts      []string          `json:",omitempty"`
	GroupAdd        []string          `json:",omitempty"`
	SecurityOpt     []string          `json:",omitempty"`
	StorageOpt      map[string]string `json:",omitempty"`
	Sysctls         map[string]string `json:",omitempty"`
	Ulimits         []Ulimit          `json:",omitempty"`
	Runtime         string            `json:",omitempty"`
	IpcMode         string            `json:",omitempty"`
	PidMode         string            `json:",omitempty"`
	UsernsMode      string            `json:",omitempty"`
	CgroupnsMode    string            `json:",omitempty"`
	CgroupParent    string            `json:",omitempty"`
	ShmSize         int64             `json:",omitempty"`
}

// Resources are a container's limits.
type Resources struct {
	Memory            int64    `json:",omitempty"`
	MemoryReservation int64    `json:",omitempty"`
	MemorySwap        int64    `json:",omitempty"`
	NanoCPUs          int64    `json:"NanoCpus,omitempty"`
	CPUPeriod         int64    `json:"CpuPeriod,omitempty"`
	CPUQuota          int64    `json:"CpuQuota,omitempty"`
	CPUShares         int64    `json:"CpuShares,omitempty"`
	CpusetCpus        string   `json:",omitempty"`
	Devices           []Device `json:",omitempty"`
}

// ContainerUpdate is what can change while a container runs.
type ContainerUpdate struct {
	Resources
	RestartPolicy RestartPolicy
}

// RestartPolicy says when the engine starts a container again.
type RestartPolicy struct {
	Name              string
	MaximumRetryCount int
}

// LogConfig says where a container's output goes.
type LogConfig struct {
	Type   string            `json:",omitempty"`
	Config map[string]string `json:",omitempty"`
}

// PortBinding is an address of the host that leads to a container's port.
type PortBinding struct {
	HostIP   string `json:"HostIp"`
	HostPort string
}

// Ulimit is a limit of the kernel's.
type Ulimit struct {
	Name string `json:"Name"`
	Soft int64  `json:"Soft"`
	Hard int64  `json:"Hard"`
}

// Device is a device of the host in a container.
type Device struct {
	PathOnHost        string
	PathInContainer   string
	CgroupPermissions string
}

// Mount is a file system in a container.
type Mount struct {
	Type          string
	Source        string `json:",omitempty"`
	Target        string
	ReadOnly      bool           `json:",omitempty"`
	BindOptions   *BindOptions   `json:",omitempty"`
	VolumeOptions *VolumeOptions `json:",omitempty"`
	TmpfsOptions  *TmpfsOptions  `json:",omitempty"`
}

// BindOptions are a bind mount's.
type BindOptions struct {
	Propagation string `json:",omitempty"`
}

// VolumeOptions are a volume mount's.
type VolumeOptions struct {
	NoCopy       bool              `json:",omitempty"`
	Labels       map[string]string `json:",omitempty"`
	DriverConfig *MountDriver      `json:",omitempty"`
	Subpath      string            `json:",omitempty"`
}

// MountDriver creates the volume of a volume mount.
type MountDriver struct {
	Name    string            `json:",omitempty"`
	Options map[string]string `json:",omitempty"`
}

// TmpfsOptions are a tmpfs mount's.
type TmpfsOptions struct {
	SizeBytes int64  `json:",omitempty"`
	Mode      uint32 `json:",omitempty"`
}
