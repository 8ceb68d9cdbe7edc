package command

import (
	"bytes"
	"sync"
)

// shared takes what two streams write, in the order in which it comes.
type shared struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(part []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.Write(part)
}

// lines shows each line as soon as it is whole.
type lines struct {
	lock sync.Mutex
	rest []byte
	show func(line string)
}

func (l *lines) Write(part []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.rest = append(l.rest, part...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(part), nil
		}
		l.show(string(line))
		l.rest = rest
	}
}

func (l *lines) flush() {
	l.lock.Lock()
	defer l.lock.Unlock()
	if len(l.rest) > 0 {
		l.show(string(l.rest))
	}
}
