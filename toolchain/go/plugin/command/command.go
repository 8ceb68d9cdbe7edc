package command

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command runs local commands when the resource is created, updated and deleted.
type Command struct{}

// Annotate gives the type the vendor's token.
func (c *Command) Annotate(a infer.Annotator) { a.SetToken("local", "Command") }

// Inputs are the vendor's for local.Command, without assetPaths and archivePaths.
type Inputs struct {
	Triggers               *[]any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create                 *string            `pulumi:"create,optional"`
	Update                 *string            `pulumi:"update,optional"`
	Delete                 *string            `pulumi:"delete,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Results are what the last run printed, without the last line's end.
type Results struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// State is the inputs and the results. As with the vendor's, results of secret inputs are not secret by themselves:
// `additionalSecretOutputs` makes them so.
type State struct {
	Inputs
	Results
}

// Create runs `create`, if there is one.
func (*Command) Create(ctx context.Context, req infer.CreateRequest[Inputs]) (infer.CreateResponse[State], error) {
	state := State{Inputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = run(ctx, req.Inputs.Create, &state)
	}
	return infer.CreateResponse[State]{ID: id, Output: state}, err
}

// Update runs `update`, or `create` where there is none.
func (*Command) Update(ctx context.Context, req infer.UpdateRequest[Inputs, State]) (infer.UpdateResponse[State], error) {
	state := State{Inputs: req.Inputs, Results: req.State.Results}
	command := req.Inputs.Update
	if command == nil {
		command = req.Inputs.Create
	}
	var err error
	if !req.DryRun {
		err = run(ctx, command, &state)
	}
	return infer.UpdateResponse[State]{Output: state}, err
}

// Delete runs `delete`, if there is one.
func (*Command) Delete(ctx context.Context, req infer.DeleteRequest[State]) (infer.DeleteResponse, error) {
	state := req.State
	return infer.DeleteResponse{}, run(ctx, state.Delete, &state)
}
