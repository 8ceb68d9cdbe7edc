package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// run runs a command and puts what it prints into the state. A non-zero exit is an error with all that it printed.
func run(ctx context.Context, command *string, state *State) error {
	if command == nil {
		return nil
	}
	words := append(interpreter(state.Interpreter), *command)
	process := exec.CommandContext(ctx, words[0], words[1:]...)
	process.Env = environment(state)
	if state.Dir != nil {
		process.Dir = *state.Dir
	}
	if state.Stdin != nil && *state.Stdin != "" {
		process.Stdin = strings.NewReader(*state.Stdin)
	}
	log := p.GetLogger(ctx)
	both := &shared{}
	row := &lines{show: func(line string) { log.InfoStatus(line) }}
	var stdout, stderr bytes.Buffer
	process.Stdout = writers(&stdout, both, row, state.Logging.stdout())
	process.Stderr = writers(&stderr, both, row, state.Logging.stderr())
	err := process.Run()
	row.flush()
	if err != nil {
		return fmt.Errorf("%w: running %q:\n%s", err, *command, both.text.String())
	}
	state.Stdout = strings.TrimSuffix(stdout.String(), "\n")
	state.Stderr = strings.TrimSuffix(stderr.String(), "\n")
	return nil
}

func writers(own *bytes.Buffer, both *shared, row *lines, logged bool) io.Writer {
	if logged {
		return io.MultiWriter(own, both, row)
	}
	return io.MultiWriter(own, both)
}

func interpreter(wanted *[]string) []string {
	if wanted != nil && len(*wanted) > 0 {
		return append([]string{}, *wanted...)
	}
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/C"}
	}
	return []string{"/bin/sh", "-c"}
}

func environment(state *State) []string {
	variables := os.Environ()
	if state.Environment != nil {
		for name, value := range *state.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	if state.AddPreviousOutputInEnv != nil && !*state.AddPreviousOutputInEnv {
		return variables
	}
	if state.Stdout != "" {
		variables = append(variables, "PULUMI_COMMAND_STDOUT="+state.Stdout)
	}
	if state.Stderr != "" {
		variables = append(variables, "PULUMI_COMMAND_STDERR="+state.Stderr)
	}
	return variables
}
