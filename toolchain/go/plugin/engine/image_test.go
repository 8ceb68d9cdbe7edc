package engine

import "testing"

func TestNamesOfImages(t *testing.T) {
	for name, want := range map[string][2]string{
		"haproxy":                     {"haproxy:latest", "registry-1.docker.io"},
		"haproxy:3.0":                 {"haproxy:3.0", "registry-1.docker.io"},
		"127.0.0.1:5000/shop/web":     {"127.0.0.1:5000/shop/web:latest", "127.0.0.1:5000"},
		"example.com/web@sha256:0123": {"example.com/web@sha256:0123", "example.com"},
	} {
		if got := [2]string{Tagged(name), RegistryOf(name)}; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestAnOlderEngineIsSpokenToInItsOwnVersion(t *testing.T) {
	if got := older("1.41", newestAPI); got != "1.41" {
		t.Error(got)
	}
	if got := older("1.99", newestAPI); got != newestAPI {
		t.Error(got)
	}
}
