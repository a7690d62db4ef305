package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/tls"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const sessionKeyBytes = 32

// file is the content of the file that a key names, without blanks at its ends; empty with a fault where it cannot be read.
func (j *judge) file(path, mend string) string {
	content, err := os.ReadFile(j.text(path))
	if err != nil {
		j.fault(path, "cannot be read: "+reason(err), mend)
		return ""
	}
	if marked(content) {
		j.fault(path, "begins with a byte order mark", "save it as UTF-8 without one (PowerShell: Set-Content -Encoding ascii)")
		return ""
	}
	text := strings.TrimSpace(string(content))
	if text == "" {
		j.fault(path, "is an empty file", mend)
	}
	return text
}

// credential is how this program proves to the provider that it is the registered application: exactly one of four ways.
func (j *judge) credential(c *Config) {
	ways := []string{"oidc.client_secret", "oidc.client_secret_file", "oidc.client_certificate_file", "oidc.federated_token_file"}
	var given []string
	for _, path := range ways {
		if j.set(path) {
			given = append(given, path)
		}
	}
	if len(given) == 0 {
		j.fault(ways[0], "is missing, and so are the other credentials", "give one of "+strings.Join(ways, ", "))
		return
	}
	for _, path := range given[1:] {
		j.fault(path, "stands beside "+given[0], "keep one credential")
	}
	switch given[0] {
	case "oidc.client_secret":
		c.OIDC.ClientSecret = j.text(given[0])
		j.visible(given[0], c.OIDC.ClientSecret, "copy it again, without what came with it")
	case "oidc.client_secret_file":
		c.OIDC.ClientSecret = j.file(given[0], "put the client secret into it and let this program read it")
		j.visible(given[0], c.OIDC.ClientSecret, "keep the secret alone in it")
	case "oidc.client_certificate_file":
		j.certificateFile(given[0], c)
	case "oidc.federated_token_file":
		c.OIDC.FederatedTokenFile = j.text(given[0])
		j.file(given[0], "let the platform project the workload's token there before this program starts")
	}
}

// clientAuth is how the credential is sent. A secret signs nothing here, and what signs is no secret.
func (j *judge) clientAuth() string {
	const path = "oidc.client_auth"
	way := j.word(path, "auto", "post", "basic", "private_key_jwt")
	secret := j.set("oidc.client_secret") || j.set("oidc.client_secret_file")
	signs := j.set("oidc.client_certificate_file") || j.set("oidc.federated_token_file")
	switch {
	case secret && way == "private_key_jwt":
		j.fault(path, "does not fit a client secret", "write auto, post or basic, or give oidc.client_certificate_file")
	case signs && (way == "post" || way == "basic"):
		j.fault(path, "is for a client secret, and none is given", "write auto or private_key_jwt, or give oidc.client_secret_file")
	}
	return way
}

// certificateFile keeps until when the certificate is good. One that has ended is no fault: not every provider looks, and the
// file may be replaced while the program serves; Doubts and warnings tell of it.
func (j *judge) certificateFile(path string, c *Config) {
	const mend = "put the certificate and its private key into it, both in PEM"
	c.OIDC.ClientCertificateFile = j.text(path)
	pem := []byte(j.file(path, mend))
	if len(pem) == 0 {
		return
	}
	pair, err := tls.X509KeyPair(pem, pem)
	if err != nil { // its errors tell kinds of blocks, never their content
		j.fault(path, "holds no certificate with its key: "+err.Error(), mend)
		return
	}
	if !signs(pair.PrivateKey) {
		j.fault(path, "holds a key that signs no client assertion", "make one of RSA, or on the curve P-256 or P-384")
		return
	}
	c.OIDC.CertificateFrom, c.OIDC.CertificateUntil = pair.Leaf.NotBefore, pair.Leaf.NotAfter
}

// signs says whether a client assertion can be signed with the key: with the algorithms that providers take (RFC 7518 section 3.1).
func signs(key crypto.PrivateKey) bool {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return true
	case *ecdsa.PrivateKey:
		return key.Curve == elliptic.P256() || key.Curve == elliptic.P384()
	}
	return false
}

// sessionKeys is nil where none are given.
func (j *judge) sessionKeys() [][]byte {
	path, texts := "sessions.keys", j.list("sessions.keys")
	if j.set("sessions.keys_file") {
		if j.set(path) {
			j.fault("sessions.keys_file", "stands beside sessions.keys", "keep one of the two")
			return nil
		}
		path = "sessions.keys_file"
		texts = strings.Fields(j.file(path, "put the session keys into it, one a line"))
	}
	return j.decodeSessionKeys(path, texts)
}

func (j *judge) decodeSessionKeys(path string, texts []string) [][]byte {
	var decoded [][]byte
	for _, text := range texts {
		one, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(one) != sessionKeyBytes {
			j.fault(path, "holds a key that is not the base64 of 32 bytes", "make one with `switchboard key session`")
			return nil
		}
		decoded = append(decoded, one)
	}
	return decoded
}

// checkpointFile is where the last checkpoint is kept: beside the key's file where nothing else is said. It is empty where
// there is no key, which is a fault of its own or is yet to be made.
func (j *judge) checkpointFile(key string) string {
	const path = "audit.checkpoint_file"
	file := j.text(path)
	if file == "" && key == "" {
		return ""
	}
	if file == "" {
		file = j.text("audit.key_file") + ".checkpoint"
	}
	folder := filepath.Dir(file)
	if err := writable(folder); err != nil {
		j.fault(path, "names a file in "+folder+", which cannot be written: "+reason(err),
			"let this program write there, or name a file in another folder, outside the database and its backups")
	}
	return file
}

// auditKey is empty where none is given.
func (j *judge) auditKey() string {
	const path = "audit.key_file"
	if !j.set(path) {
		return ""
	}
	text := j.file(path, "put the signer's key into it and let this program read it")
	j.checkAuditKey(text)
	return text
}

// checkAuditKey says nothing of a file that had nothing to check.
func (j *judge) checkAuditKey(text string) {
	if _, err := note.NewSigner(text); text != "" && err != nil {
		j.fault("audit.key_file", "holds no signer's key", "it is one line that begins with PRIVATE+KEY+, as `switchboard key audit ORIGIN` makes it")
	}
}
