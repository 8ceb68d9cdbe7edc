package docker

// containerArgs is the container's inputs as the vendor's schema names them.
type containerArgs struct {
	Name     string `json:"name"`
	Image    string `json:"image"`
	Platform string `json:"platform"`
	Runtime  string `json:"runtime"`

	Command     []string     `json:"command"`
	Entrypoints []string     `json:"entrypoints"`
	Envs        []string     `json:"envs"`
	WorkingDir  string       `json:"workingDir"`
	User        string       `json:"user"`
	GroupAdds   []string     `json:"groupAdds"`
	Init        bool         `json:"init"`
	Tty         bool         `json:"tty"`
	StdinOpen   bool         `json:"stdinOpen"`
	StopSignal  string       `json:"stopSignal"`
	StopTimeout int          `json:"stopTimeout"`
	Labels      []label      `json:"labels"`
	Healthcheck *healthcheck `json:"healthcheck"`

	Start                                   bool   `json:"start"`
	MustRun                                 bool   `json:"mustRun"`
	Rm                                      bool   `json:"rm"`
	Restart                                 string `json:"restart"`
	MaxRetryCount                           int    `json:"maxRetryCount"`
	DestroyGraceSeconds                     int    `json:"destroyGraceSeconds"`
	RemoveVolumes                           bool   `json:"removeVolumes"`
	Wait                                    bool   `json:"wait"`
	WaitTimeout                             int    `json:"waitTimeout"`
	Attach                                  bool   `json:"attach"`
	Logs                                    bool   `json:"logs"`
	ContainerReadRefreshTimeoutMilliseconds int    `json:"containerReadRefreshTimeoutMilliseconds"`

	Hostname         string             `json:"hostname"`
	Domainname       string             `json:"domainname"`
	NetworkMode      string             `json:"networkMode"`
	PublishAllPorts  bool               `json:"publishAllPorts"`
	DNS              []string           `json:"dns"`
	DNSOpts          []string           `json:"dnsOpts"`
	DNSSearches      []string           `json:"dnsSearches"`
	Hosts            []hostEntry        `json:"hosts"`
	Ports            []port             `json:"ports"`
	NetworksAdvanced []networkPlacement `json:"networksAdvanced"`

	Volumes     []volumeMount     `json:"volumes"`
	Mounts      []mount           `json:"mounts"`
	Tmpfs       map[string]string `json:"tmpfs"`
	ReadOnly    bool              `json:"readOnly"`
	StorageOpts map[string]string `json:"storageOpts"`

	Privileged        bool              `json:"privileged"`
	Capabilities      capabilities      `json:"capabilities"`
	SecurityOpts      []string          `json:"securityOpts"`
	Sysctls           map[string]string `json:"sysctls"`
	Ulimits           []ulimit          `json:"ulimits"`
	Devices           []device          `json:"devices"`
	Memory            int64             `json:"memory"`
	MemoryReservation int64             `json:"memoryReservation"`
	MemorySwap        int64             `json:"memorySwap"`
	ShmSize           int64             `json:"shmSize"`
	Cpus              string            `json:"cpus"`
	CPUShares         int64             `json:"cpuShares"`
	CPUSet            string            `json:"cpuSet"`
	CPUPeriod         int64             `json:"cpuPeriod"`
	CPUQuota          int64             `json:"cpuQuota"`
	IpcMode           string            `json:"ipcMode"`
	PidMode           string            `json:"pidMode"`
	UsernsMode        string            `json:"usernsMode"`
	CgroupnsMode      string            `json:"cgroupnsMode"`
	CgroupParent      string            `json:"cgroupParent"`
	LogDriver         string            `json:"logDriver"`
	LogOpts           map[string]string `json:"logOpts"`
}

type healthcheck struct {
	Tests         []string `json:"tests"`
	Interval      string   `json:"interval"`
	Timeout       string   `json:"timeout"`
	StartPeriod   string   `json:"startPeriod"`
	StartInterval string   `json:"startInterval"`
	Retries       int      `json:"retries"`
}

type hostEntry struct {
	Host string `json:"host"`
	IP   string `json:"ip"`
}

type port struct {
	Internal int    `json:"internal"`
	External int    `json:"external"`
	IP       string `json:"ip"`
	Protocol string `json:"protocol"`
}

type networkPlacement struct {
	Name         string   `json:"name"`
	Aliases      []string `json:"aliases"`
	Ipv4Address  string   `json:"ipv4Address"`
	Ipv6Address  string   `json:"ipv6Address"`
	MacAddress   string   `json:"macAddress"`
	LinkLocalIps []string `json:"linkLocalIps"`
	DriverOpts   []string `json:"driverOpts"`
}

type volumeMount struct {
	ContainerPath  string `json:"containerPath"`
	VolumeName     string `json:"volumeName"`
	HostPath       string `json:"hostPath"`
	FromContainer  string `json:"fromContainer"`
	ReadOnly       bool   `json:"readOnly"`
	SelinuxRelabel string `json:"selinuxRelabel"`
}

type mount struct {
	Type          string         `json:"type"`
	Target        string         `json:"target"`
	Source        string         `json:"source,omitempty"`
	ReadOnly      bool           `json:"readOnly,omitempty"`
	BindOptions   *bindOptions   `json:"bindOptions,omitempty"`
	VolumeOptions *volumeOptions `json:"volumeOptions,omitempty"`
	TmpfsOptions  *tmpfsOptions  `json:"tmpfsOptions,omitempty"`
}

type bindOptions struct {
	Propagation string `json:"propagation,omitempty"`
}

type volumeOptions struct {
	NoCopy        bool              `json:"noCopy,omitempty"`
	Labels        []label           `json:"labels,omitempty"`
	DriverName    string            `json:"driverName,omitempty"`
	DriverOptions map[string]string `json:"driverOptions,omitempty"`
	Subpath       string            `json:"subpath,omitempty"`
}

type tmpfsOptions struct {
	SizeBytes int64  `json:"sizeBytes,omitempty"`
	Mode      uint32 `json:"mode,omitempty"`
}

type capabilities struct {
	Adds  []string `json:"adds"`
	Drops []string `json:"drops"`
}

type ulimit struct {
	Name string `json:"name"`
	Soft int64  `json:"soft"`
	Hard int64  `json:"hard"`
}

type device struct {
	HostPath      string `json:"hostPath"`
	ContainerPath string `json:"containerPath"`
	Permissions   string `json:"permissions"`
}

type networkData struct {
	NetworkName            string `json:"networkName"`
	IPAddress              string `json:"ipAddress"`
	IPPrefixLength         int    `json:"ipPrefixLength"`
	Gateway                string `json:"gateway"`
	GlobalIpv6Address      string `json:"globalIpv6Address"`
	GlobalIpv6PrefixLength int    `json:"globalIpv6PrefixLength"`
	Ipv6Gateway            string `json:"ipv6Gateway"`
	MacAddress             string `json:"macAddress"`
}
