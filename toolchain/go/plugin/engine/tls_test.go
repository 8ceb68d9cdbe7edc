package engine

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAnEngineBehindTLSSeesTheCertificateOfTheFolder(t *testing.T) {
	folder, pair, known := keys(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: known, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	server.StartTLS()
	defer server.Close()
	address := "tcp://" + server.Listener.Addr().String()
	for certPath, isAnswered := range map[string]bool{folder: true, "": false} {
		client, err := New(address, certPath)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Ping(context.Background()); (err == nil) != isAnswered {
			t.Errorf("with the folder %q: %v", certPath, err)
		}
	}
}

func TestAFolderWithoutKeysIsSaid(t *testing.T) {
	if _, err := New("tcp://127.0.0.1:2376", t.TempDir()); err == nil || !strings.Contains(err.Error(), "ca.pem") {
		t.Error(err)
	}
}

// keys makes a folder as certPath names one, with one certificate for the client, the engine and their authority.
func keys(t *testing.T) (string, tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	folder := t.TempDir()
	for name, text := range map[string][]byte{"ca.pem": certificate, "cert.pem": certificate, "key.pem": private} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.X509KeyPair(certificate, private)
	if err != nil {
		t.Fatal(err)
	}
	known := x509.NewCertPool()
	known.AppendCertsFromPEM(certificate)
	return folder, pair, known
}
