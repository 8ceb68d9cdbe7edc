// One binary, two Pulumi plugins: its own file name says which one it is.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"relink/toolchain/plugin/command"
	"relink/toolchain/plugin/docker"
)

func main() {
	var err error
	switch name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"); name {
	case "pulumi-resource-docker":
		err = docker.Plugin().Run(context.Background(), docker.Name, docker.Version)
	case "pulumi-resource-command":
		err = command.Plugin().Run(context.Background(), command.Name, command.Version)
	default:
		err = fmt.Errorf("started as %q: it must be named pulumi-resource-docker or pulumi-resource-command", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
