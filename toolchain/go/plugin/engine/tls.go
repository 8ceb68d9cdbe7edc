package engine

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
)

// tlsOf reads ca.pem, cert.pem and key.pem, all of which the vendor's plugin wants to be there too.
func tlsOf(folder string) (*tls.Config, error) {
	authority, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"))
	if err != nil {
		return nil, err
	}
	known := x509.NewCertPool()
	if !known.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s holds no certificate", filepath.Join(folder, "ca.pem"))
	}
	return &tls.Config{RootCAs: known, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}
