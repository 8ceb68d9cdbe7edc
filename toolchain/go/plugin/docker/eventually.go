package docker

import (
	"context"
	"time"

	"relink/toolchain/plugin/engine"
)

const (
	removalDeadline = 30 * time.Second // the vendor's
	firstPause      = 50 * time.Millisecond
	longestPause    = 2 * time.Second
)

// eventually repeats a removal while Docker refuses it with the given words. Something that is gone already is fine.
func eventually(ctx context.Context, refusal string, remove func() error) error {
	deadline := time.Now().Add(removalDeadline)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := remove()
		if err == nil || engine.NotFound(err) {
			return nil
		}
		if !engine.Says(err, refusal) || time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
