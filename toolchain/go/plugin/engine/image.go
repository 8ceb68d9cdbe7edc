package engine

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Image is what the engine says about an image.
type Image struct {
	ID          string   `json:"Id"`
	RepoDigests []string `json:"RepoDigests"`
	Config      struct {
		Env    []string
		Labels map[string]string
	} `json:"Config"`
}

// Credentials open a registry.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// Image reads a local image by id, name or digest.
func (c *Client) Image(ctx context.Context, name string) (Image, error) {
	var image Image
	return image, c.call(ctx, http.MethodGet, "/images/"+escapeName(name)+"/json", nil, nil, &image)
}

// RemoveImage removes a name of an image, and the image with its last name.
func (c *Client) RemoveImage(ctx context.Context, name string, force bool) error {
	query := url.Values{}
	if force {
		query.Set("force", "1")
	}
	return c.call(ctx, http.MethodDelete, "/images/"+escapeName(name), query, nil, nil)
}

// Pull fetches an image from its registry and calls progress with each line that the engine reports.
func (c *Client) Pull(
	ctx context.Context, name, platform string, credentials *Credentials, progress func(string),
) error {
	query := url.Values{"fromImage": {Tagged(name)}}
	if platform != "" {
		query.Set("platform", platform)
	}
	header := http.Header{}
	if credentials != nil {
		text, err := json.Marshal(credentials)
		if err != nil {
			return err
		}
		header.Set("X-Registry-Auth", base64.URLEncoding.EncodeToString(text))
	}
	response, err := c.open(ctx, http.MethodPost, "/images/create", query, header, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := json.NewDecoder(response.Body)
	for {
		var line struct{ Status, Error string }
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if line.Error != "" {
			return &Error{Status: http.StatusInternalServerError, Message: line.Error}
		}
		progress(line.Status)
	}
}

// Tagged adds :latest to a name without a tag or digest; without it the engine would pull every tag.
func Tagged(name string) string {
	last := name[strings.LastIndex(name, "/")+1:]
	if strings.ContainsAny(last, ":@") {
		return name
	}
	return name + ":latest"
}

// RegistryOf is the registry in an image's name; Docker Hub where it names none.
func RegistryOf(name string) string {
	first, _, found := strings.Cut(name, "/")
	if found && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return first
	}
	return "registry-1.docker.io"
}

func escapeName(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
