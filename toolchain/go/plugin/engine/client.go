// Package engine is a small client of the Docker Engine API: only the calls that the plugin makes.
package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// newestAPI is the newest API version that this client was written for; an older engine is spoken to in its own.
const newestAPI = "1.47"

const dialTimeout = 10 * time.Second

// Client talks to one Docker Engine.
type Client struct {
	host string
	base string
	http *http.Client

	negotiate sync.Mutex
	version   string
}

// New takes the address of an engine, unix:///path/to/socket, tcp://host:port or http://host:port, and the folder with the
// keys that it wants to see over TCP; without one it is spoken to without TLS.
func New(host, certPath string) (*Client, error) {
	address, err := url.Parse(host)
	if err != nil {
		return nil, fmt.Errorf("docker host %q: %w", host, err)
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	transport := &http.Transport{DialContext: dialer.DialContext}
	client := &Client{host: host, http: &http.Client{Transport: transport}}
	switch address.Scheme {
	case "unix":
		client.base = "http://docker"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", address.Path)
		}
	case "tcp", "http":
		client.base = "http://" + address.Host
		if certPath != "" {
			client.base = "https://" + address.Host
			if transport.TLSClientConfig, err = tlsOf(certPath); err != nil {
				return nil, fmt.Errorf("docker host %q: %w", host, err)
			}
		}
	default:
		return nil, fmt.Errorf("docker host %q: relink's stand-in for the vendor's plugin knows unix:// and tcp:// "+
			"only; install the vendor's plugin to use another address", host)
	}
	return client, nil
}

// Ping finds out whether the engine answers and which API version to use.
func (c *Client) Ping(ctx context.Context) error {
	c.negotiate.Lock()
	defer c.negotiate.Unlock()
	if c.version != "" {
		return nil
	}
	response, err := c.send(ctx, http.MethodGet, "/_ping", nil, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return failed(http.MethodGet, "/_ping", response)
	}
	c.version = older(response.Header.Get("Api-Version"), newestAPI)
	return nil
}

// call makes one request; it sends `in` and fills `out`, either of which may be nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	response, err := c.open(ctx, method, path, query, nil, in)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// open makes a request and hands out the answer's body unread. An answer of 400 or above is an error.
func (c *Client) open(
	ctx context.Context, method, path string, query url.Values, header http.Header, in any,
) (*http.Response, error) {
	if err := c.Ping(ctx); err != nil {
		return nil, err
	}
	target := "/v" + c.version + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	response, err := c.send(ctx, method, target, header, in)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer response.Body.Close()
		return nil, failed(method, path, response)
	}
	return response, nil
}

func (c *Client) send(ctx context.Context, method, target string, header http.Header, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+target, body)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("cannot reach the Docker Engine at %s: %w. Is it running? Its address comes from the "+
			"provider's `host`, the stack setting docker:host or DOCKER_HOST", c.host, err)
	}
	return response, nil
}

// older returns the lower of two API versions such as 1.41; the second one where the first is not readable.
func older(offered, known string) string {
	if minor(offered) > 0 && minor(offered) < minor(known) {
		return offered
	}
	return known
}

func minor(version string) int {
	_, after, _ := strings.Cut(version, ".")
	number, _ := strconv.Atoi(after)
	return number
}
