package docker

import (
	"context"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// relink gives it where it finds an Engine behind TLS by the Docker CLI's context.
func TestTheFolderWithKeysIsASetting(t *testing.T) {
	given := map[string]property.Value{
		"host": property.New("tcp://192.0.2.10:2376"), "certPath": property.New("/keys"),
	}
	answer, err := checkConfig(context.Background(), p.CheckRequest{Inputs: property.NewMap(given)})
	if err != nil || len(answer.Failures) > 0 {
		t.Error(answer.Failures, err)
	}
	given["sshOpts"] = property.New("[]")
	answer, err = checkConfig(context.Background(), p.CheckRequest{Inputs: property.NewMap(given)})
	if err != nil || len(answer.Failures) != 1 || answer.Failures[0].Property != "sshOpts" {
		t.Error(answer.Failures, err)
	}
}
