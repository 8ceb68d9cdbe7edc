package engine

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Error is a refusal by the Docker Engine, in its own words.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// NotFound says whether an error means that the object does not exist.
func NotFound(err error) bool { return status(err) == http.StatusNotFound }

// Says reports whether the engine's own words contain any of the given ones.
func Says(err error, words ...string) bool {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return false
	}
	for _, word := range words {
		if strings.Contains(refusal.Message, word) {
			return true
		}
	}
	return false
}

func status(err error) int {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Status
	}
	return 0
}

func failed(method, path string, response *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	var answer struct {
		Message string `json:"message"`
	}
	message := strings.TrimSpace(string(text))
	if json.Unmarshal(text, &answer) == nil && answer.Message != "" {
		message = answer.Message
	}
	if message == "" {
		message = method + " " + path + ": " + response.Status
	}
	return &Error{Status: response.StatusCode, Message: message}
}
