package matrix

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// good is a certificate that this process trusts, bad one that it does not.
var good, bad tls.Certificate

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run trusts the good certificate as an operator does, by the variable that Go reads once.
func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "switchboard-matrix-")
	if err == nil {
		defer os.RemoveAll(folder)
		err = certificates(filepath.Join(folder, "trusted.pem"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func certificates(trusted string) (err error) {
	if good, err = newCertificate(); err != nil {
		return err
	}
	if bad, err = newCertificate(); err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: good.Certificate[0]})
	if err := os.WriteFile(trusted, text, 0o600); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", trusted)
}

// newCertificate is one for 127.0.0.1 that signs itself, for an hour.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
