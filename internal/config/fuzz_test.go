package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzFile: any file is a configuration or has faults that a person can read, and none of them repeats a secret.
func FuzzFile(f *testing.F) {
	ours, err := os.ReadFile("../../config.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ours)
	f.Add([]byte("oidc: &a {issuer: https://x.example, client_secret: hush-1234}\nroles: *a\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("a: &a {a: *a}\noidc: *a\n"))
	f.Add([]byte("\ufeffdemo: yes\n---\ndemo: no"))
	f.Add([]byte("sessions: {keys: [hush-1234, {x: y}]}\n? [a]\n: b\n"))
	f.Add([]byte("<<: {demo: true}\n!!binary x: y"))
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(folder, "config.yaml")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Look(path, true, []string{"SWITCHBOARD_OIDC_CLIENT_SECRET=hush-5678"})
		if err == nil {
			return
		}
		for _, line := range strings.Split(err.Error(), "\n") {
			if strings.TrimSpace(line) == "" {
				t.Errorf("an empty fault: %q", err.Error())
			}
		}
		if strings.Contains(err.Error(), "hush-5678") {
			t.Errorf("a fault repeats the secret: %v", err)
		}
	})
}

// FuzzEnvironment: a value of any key is taken or is a fault that names its key, and no fault repeats a secret.
func FuzzEnvironment(f *testing.F) {
	for i, k := range keys {
		f.Add(i, k.path)
	}
	for _, value := range []string{"", "\x00", "%zz", "https://[::1", "https://user:pass@x.example", "postgres://u:hush@[", "sqlite:", "1h1", "9999999h", "127.0.0.1:99999", "10.0.0.0/99"} {
		f.Add(0, value)
		f.Add(7, value)
		f.Add(20, value)
	}
	f.Fuzz(func(t *testing.T, number int, value string) {
		k := keys[uint(number)%uint(len(keys))]
		if strings.Contains(k.path, "file") {
			return // it would be opened
		}
		name := variable(k.path)
		if k.secret {
			value += "hush-4711"
		}
		_, _, err := Look("", false, []string{"SWITCHBOARD_DEMO=false", name + "=" + value})
		if err == nil {
			return
		}
		if strings.Contains(err.Error(), "hush-4711") {
			t.Errorf("%s: a fault repeats its value: %v", name, err)
		}
	})
}
