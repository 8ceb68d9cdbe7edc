package engine

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Start starts a container that was created or stopped.
func (c *Client) Start(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/containers/"+url.PathEscape(id)+"/start", nil, nil, nil)
}

// Stop stops a container and kills it after the given time.
func (c *Client) Stop(ctx context.Context, id string, graceSeconds int) error {
	query := url.Values{"t": {strconv.Itoa(graceSeconds)}}
	return c.call(ctx, http.MethodPost, "/containers/"+url.PathEscape(id)+"/stop", query, nil, nil)
}

// RemoveContainer kills and removes a container, with its unnamed volumes where asked to.
func (c *Client) RemoveContainer(ctx context.Context, id string, withVolumes bool) error {
	query := url.Values{"force": {"1"}}
	if withVolumes {
		query.Set("v", "1")
	}
	return c.call(ctx, http.MethodDelete, "/containers/"+url.PathEscape(id), query, nil, nil)
}

// CreateContainer returns the id of the new container and the engine's warnings.
func (c *Client) CreateContainer(
	ctx context.Context, name, platform string, container NewContainer,
) (string, []string, error) {
	query := url.Values{"name": {name}}
	if platform != "" {
		query.Set("platform", platform)
	}
	var created struct {
		ID       string
		Warnings []string
	}
	err := c.call(ctx, http.MethodPost, "/containers/create", query, container, &created)
	return created.ID, created.Warnings, err
}

// Container reads a container by id or name.
func (c *Client) Container(ctx context.Context, id string) (Container, error) {
	var container Container
	return container, c.call(ctx, http.MethodGet, "/containers/"+url.PathEscape(id)+"/json", nil, nil, &container)
}

// UpdateContainer changes limits and the restart policy of a container in place.
func (c *Client) UpdateContainer(ctx context.Context, id string, update ContainerUpdate) error {
	return c.call(ctx, http.MethodPost, "/containers/"+url.PathEscape(id)+"/update", nil, update, nil)
}
