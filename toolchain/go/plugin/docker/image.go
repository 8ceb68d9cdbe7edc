package docker

import (
	"context"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"relink/toolchain/plugin/engine"
	"relink/toolchain/plugin/props"
)

type image struct{}

type imageArgs struct {
	Name         string            `json:"name"`
	KeepLocally  bool              `json:"keepLocally"`
	ForceRemove  bool              `json:"forceRemove"`
	PullTriggers []string          `json:"pullTriggers"`
	Triggers     map[string]string `json:"triggers"`
	Platform     string            `json:"platform"`
	ImageID      string            `json:"imageId"`
	RepoDigest   string            `json:"repoDigest"`
}

func (image) traits() traits { return traits{notImportable: true} }

func (image) schema() props.Schema {
	return props.Schema{
		"name":         props.Text().Required().Replaces(),
		"keepLocally":  props.Flag(),
		"forceRemove":  props.Flag(),
		"pullTriggers": props.SetOf(props.Text()).Replaces(),
		"triggers":     props.Texts().Replaces(),
		"platform":     props.Text().Replaces(),
		"imageId":      props.Text().ReadOnly(),
		"repoDigest":   props.Text().ReadOnly(),
	}
}

func (image) create(ctx context.Context, s *session, inputs property.Map) (string, error) {
	var args imageArgs
	if err := props.Into(inputs, &args); err != nil {
		return "", err
	}
	found, err := s.findImage(ctx, args.Name, args.Platform)
	return found.ID + args.Name, err
}

func (image) read(ctx context.Context, s *session, _ string, state property.Map) (map[string]any, bool, error) {
	var args imageArgs
	if err := props.Into(state, &args); err != nil {
		return nil, false, err
	}
	found, err := s.engine.Image(ctx, args.Name)
	if engine.NotFound(err) {
		return nil, false, nil
	}
	return map[string]any{"imageId": found.ID, "repoDigest": repoDigest(args.Name, found.RepoDigests)}, err == nil, err
}

// update changes only what happens at the end (keepLocally, forceRemove); the image may have gone meanwhile.
func (image) update(ctx context.Context, s *session, _ string, _, inputs property.Map) error {
	var args imageArgs
	if err := props.Into(inputs, &args); err != nil {
		return err
	}
	_, err := s.findImage(ctx, args.Name, args.Platform)
	return err
}

func (image) delete(ctx context.Context, s *session, _ string, state property.Map) error {
	var args imageArgs
	if err := props.Into(state, &args); err != nil {
		return err
	}
	if args.KeepLocally {
		return nil
	}
	if err := s.engine.RemoveImage(ctx, args.Name, args.ForceRemove); !engine.NotFound(err) {
		return err
	}
	return nil
}

// findImage returns the local image and pulls it only if there is none.
func (s *session) findImage(ctx context.Context, name, platform string) (engine.Image, error) {
	found, err := s.engine.Image(ctx, name)
	if !engine.NotFound(err) {
		return found, err
	}
	var credentials *engine.Credentials
	if known, ok := s.credentials[engine.RegistryOf(name)]; ok {
		credentials = &known
	}
	log := p.GetLogger(ctx)
	if err := s.engine.Pull(ctx, name, platform, credentials, func(line string) { log.InfoStatus(line) }); err != nil {
		return found, fmt.Errorf("image %s is not on the Docker host and cannot be pulled: %w. What to do: check name and "+
			"tag, build or load it on the Docker host, or give the registry's credentials in docker:registryAuth "+
			"(relink's stand-in for the vendor's plugin does not read ~/.docker/config.json)", name, err)
	}
	return s.engine.Image(ctx, name)
}

// repoDigest picks the digest under which the image's own repository knows it, as the vendor's plugin does.
func repoDigest(name string, digests []string) string {
	if len(digests) == 0 {
		return ""
	}
	repository, _, _ := strings.Cut(name, ":")
	for _, digest := range digests {
		if strings.HasPrefix(digest, repository) {
			return digest
		}
	}
	return digests[0]
}
