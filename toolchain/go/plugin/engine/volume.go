package engine

import (
	"context"
	"net/http"
	"net/url"
)

// Volume is what the engine says about a volume.
type Volume struct {
	Name       string            `json:"Name"`
	Driver     string            `json:"Driver"`
	Mountpoint string            `json:"Mountpoint"`
	Labels     map[string]string `json:"Labels"`
	Options    map[string]string `json:"Options"`
}

// NewVolume is what the engine is told about a volume.
type NewVolume struct {
	Name       string            `json:"Name,omitempty"`
	Driver     string            `json:"Driver,omitempty"`
	DriverOpts map[string]string `json:"DriverOpts,omitempty"`
	Labels     map[string]string `json:"Labels,omitempty"`
}

// CreateVolume creates a volume; one that exists with this name is handed back as it is.
func (c *Client) CreateVolume(ctx context.Context, volume NewVolume) (Volume, error) {
	var created Volume
	return created, c.call(ctx, http.MethodPost, "/volumes/create", nil, volume, &created)
}

// Volume reads a volume.
func (c *Client) Volume(ctx context.Context, name string) (Volume, error) {
	var volume Volume
	return volume, c.call(ctx, http.MethodGet, "/volumes/"+url.PathEscape(name), nil, nil, &volume)
}

// RemoveVolume removes a volume that no container uses.
func (c *Client) RemoveVolume(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/volumes/"+url.PathEscape(name), url.Values{"force": {"1"}}, nil, nil)
}
