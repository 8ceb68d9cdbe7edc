package command

import "github.com/pulumi/pulumi-go-provider/infer"

// Logging says which output of the command shows on the resource's row while it runs; nil = both.
type Logging string

// The vendor's values.
const (
	LogStdout          Logging = "stdout"
	LogStderr          Logging = "stderr"
	LogStdoutAndStderr Logging = "stdoutAndStderr"
	LogNone            Logging = "none"
)

// Values are the vendor's.
func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "Stdout", Value: LogStdout},
		{Name: "Stderr", Value: LogStderr},
		{Name: "StdoutAndStderr", Value: LogStdoutAndStderr},
		{Name: "None", Value: LogNone},
	}
}

func (l *Logging) stdout() bool { return l == nil || *l == LogStdout || *l == LogStdoutAndStderr }

func (l *Logging) stderr() bool { return l == nil || *l == LogStderr || *l == LogStdoutAndStderr }
