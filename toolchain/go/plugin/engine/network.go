package engine

import (
	"context"
	"net/http"
	"net/url"
)

// Network is what the engine is told and says about a network.
type Network struct {
	ID             string            `json:"Id,omitempty"`
	Name           string            `json:"Name"`
	CheckDuplicate bool              `json:"CheckDuplicate,omitempty"` // needed by engines before API 1.44
	Driver         string            `json:"Driver,omitempty"`
	Scope          string            `json:"Scope,omitempty"`
	Internal       bool              `json:"Internal"`
	Attachable     bool              `json:"Attachable"`
	Ingress        bool              `json:"Ingress"`
	EnableIPv6     bool              `json:"EnableIPv6"`
	IPAM           *IPAM             `json:"IPAM,omitempty"`
	Options        map[string]string `json:"Options,omitempty"`
	Labels         map[string]string `json:"Labels,omitempty"`
}

// IPAM is how a network gives out addresses.
type IPAM struct {
	Driver  string            `json:"Driver,omitempty"`
	Options map[string]string `json:"Options,omitempty"`
	Config  []IPAMPool        `json:"Config,omitempty"`
}

// IPAMPool is one range of addresses.
type IPAMPool struct {
	Subnet       string            `json:"Subnet,omitempty"`
	IPRange      string            `json:"IPRange,omitempty"`
	Gateway      string            `json:"Gateway,omitempty"`
	AuxAddresses map[string]string `json:"AuxiliaryAddresses,omitempty"`
}

// Endpoint is a container's place in a network.
type Endpoint struct {
	IPAMConfig          *EndpointIPAM     `json:"IPAMConfig,omitempty"`
	Aliases             []string          `json:"Aliases,omitempty"`
	MacAddress          string            `json:"MacAddress,omitempty"`
	DriverOpts          map[string]string `json:"DriverOpts,omitempty"`
	NetworkID           string            `json:"NetworkID,omitempty"`
	IPAddress           string            `json:"IPAddress,omitempty"`
	IPPrefixLen         int               `json:"IPPrefixLen,omitempty"`
	Gateway             string            `json:"Gateway,omitempty"`
	GlobalIPv6Address   string            `json:"GlobalIPv6Address,omitempty"`
	GlobalIPv6PrefixLen int               `json:"GlobalIPv6PrefixLen,omitempty"`
	IPv6Gateway         string            `json:"IPv6Gateway,omitempty"`
}

// EndpointIPAM is the addresses that a container asks for.
type EndpointIPAM struct {
	IPv4Address  string   `json:"IPv4Address,omitempty"`
	IPv6Address  string   `json:"IPv6Address,omitempty"`
	LinkLocalIPs []string `json:"LinkLocalIPs,omitempty"`
}

// CreateNetwork returns the new network's id.
func (c *Client) CreateNetwork(ctx context.Context, network Network) (string, error) {
	var created struct{ ID string }
	network.CheckDuplicate = true
	err := c.call(ctx, http.MethodPost, "/networks/create", nil, network, &created)
	return created.ID, err
}

// Network reads a network by id or name.
func (c *Client) Network(ctx context.Context, id string) (Network, error) {
	var network Network
	return network, c.call(ctx, http.MethodGet, "/networks/"+url.PathEscape(id), nil, nil, &network)
}

// RemoveNetwork removes a network that nothing is connected to.
func (c *Client) RemoveNetwork(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/networks/"+url.PathEscape(id), nil, nil, nil)
}

// Connect puts a container into a network.
func (c *Client) Connect(ctx context.Context, network, container string, endpoint Endpoint) error {
	body := map[string]any{"Container": container, "EndpointConfig": endpoint}
	return c.call(ctx, http.MethodPost, "/networks/"+url.PathEscape(network)+"/connect", nil, body, nil)
}

// Disconnect takes a container out of a network.
func (c *Client) Disconnect(ctx context.Context, network, container string) error {
	body := map[string]any{"Container": container}
	return c.call(ctx, http.MethodPost, "/networks/"+url.PathEscape(network)+"/disconnect", nil, body, nil)
}
