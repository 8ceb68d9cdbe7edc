package docker

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"relink/toolchain/plugin/engine"
)

// advice says what to do about a refusal, by words of Docker's own message.
var advice = []struct{ words, do string }{
	{"port is already allocated", "free that port on the Docker host or publish another one"},
	{"address already in use", "free that port on the Docker host or publish another one"},
	{"Pool overlaps", "choose a subnet that no other network on the Docker host has"},
	{"could not find an available", "choose a subnet: Docker has no free range left"},
	{"is already in use by container", "remove or rename that container, or take it over with `pulumi import`"},
	{"already exists", "remove or rename the other one, or take it over with `pulumi import`"},
	{"has active endpoints", "disconnect or remove the containers in it"},
	{"volume is in use", "remove the containers that mount it"},
	{"No such image", "check the image's name and tag, or build or load it on the Docker host"},
	{"Address already in use", "choose another ipv4Address in that network"},
}

// located puts in front of Docker's own words what was tried on which resource, and what to do behind them.
func located(action string, urn resource.URN, err error) error {
	for _, known := range advice {
		if engine.Says(err, known.words) {
			return fmt.Errorf("%s %s %q: %w. What to do: %s", action, urn.Type().Name(), urn.Name(), err, known.do)
		}
	}
	return fmt.Errorf("%s %s %q: %w", action, urn.Type().Name(), urn.Name(), err)
}
