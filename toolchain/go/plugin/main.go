// One binary, two Pulumi plugins: its own file name says which one it is.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"

	"relink/toolchain/plugin/command"
	"relink/toolchain/plugin/docker"
)

// How often it is looked whether the engine is still there. The vendor's plugins look every 5 minutes.
const healthcheckPeriod = 5 * time.Second

func main() {
	ctx, err := whileEngineLives()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	switch name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"); name {
	case "pulumi-resource-docker":
		err = docker.Plugin().Run(ctx, docker.Name, docker.Version)
	case "pulumi-resource-command":
		err = command.Plugin().Run(ctx, command.Name, command.Version)
	default:
		err = fmt.Errorf("started as %q: it must be named pulumi-resource-docker or pulumi-resource-command", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// whileEngineLives ends the context when the engine that started this plugin is gone: calls that are under way still come to
// their end. The address is the last argument.
func whileEngineLives() (context.Context, error) {
	ctx, cancel := context.WithCancel(context.Background())
	if len(os.Args) < 2 {
		return ctx, nil
	}
	return ctx, rpcutil.Healthcheck(ctx, os.Args[len(os.Args)-1], healthcheckPeriod, cancel)
}
