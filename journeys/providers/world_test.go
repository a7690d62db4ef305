//go:build providers

package providers

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

const clientSecret = "a-secret+of:100%" // with letters that have to be escaped

// world is a provider, something that stands for Graph, and the program between them.
type world struct {
	t                   *testing.T
	folder              string
	login, password     string // what the person types at the provider
	site, issuer, graph string // addresses
	userinfo            string // the provider's
	key                 string // that verifies the record
	connectors          *graph.Server
	mu                  sync.Mutex
	expired             map[string]bool // access tokens that Graph does not take any more
	seen                map[string]bool // access tokens that came
	program, identities *process
}

// open starts a world by a section of the document; path is where the provider's issuer lies below its host, and start makes the
// provider's command.
func open(t *testing.T, section, path, login string, start func(w *world) *exec.Cmd) *world {
	t.Helper()
	w := &world{
		t: t, folder: t.TempDir(), login: login, password: "password", site: "http://" + freeAddress(t), issuer: "http://" + freeAddress(t) + path,
		expired: map[string]bool{}, seen: map[string]bool{},
	}
	w.startGraph()
	signer, verifier, err := note.GenerateKey(rand.Reader, "providers.switchboard.example")
	check(t, err)
	w.key = verifier
	for name, content := range map[string]string{
		"client-secret": clientSecret, "audit-key": signer, "session-keys": base64.StdEncoding.EncodeToString(make([]byte, 32)),
	} {
		check(t, os.WriteFile(filepath.Join(w.folder, name), []byte(content+"\n"), 0o600))
	}
	w.place(section)
	w.identities = run(t, start(w))
	w.identities.answers(t, w.issuer+"/.well-known/openid-configuration")
	w.userinfo = discovered(t, w.issuer)
	w.check()
	w.program = run(t, w.switchboard())
	w.program.answers(t, w.site+"/readyz")
	return w
}

// switchboard is the program with the document's configuration and nothing else but where it listens.
func (w *world) switchboard(verb ...string) *exec.Cmd {
	command := exec.Command(binary(w.t), append([]string{"-config", filepath.Join(w.folder, "config.yaml")}, verb...)...)
	at, err := url.Parse(w.site)
	check(w.t, err)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.folder, "SWITCHBOARD_LISTEN=" + at.Host}
	command.Dir = w.folder
	return command
}

// check runs the verb: it has to find nothing.
func (w *world) check() {
	w.t.Helper()
	said, err := w.switchboard("check").CombinedOutput()
	if err != nil || !bytes.Contains(said, []byte("client         ok")) {
		w.t.Fatalf("check: %v\n%s", err, said)
	}
}

// startGraph serves the simulator's Graph to whoever brings an access token of the provider, as a gateway would.
func (w *world) startGraph() {
	server := httptest.NewUnstartedServer(nil)
	base := &url.URL{Scheme: "http", Host: server.Listener.Addr().String(), Path: "/beta"}
	w.graph = base.String()
	var err error
	w.connectors, err = graph.New(graph.Options{
		Base: base, Authenticate: w.authenticate, Connectors: simulator.Connectors(time.Now()), PageSize: 15, SyncDelay: time.Second, Now: time.Now,
	})
	check(w.t, err)
	server.Config.Handler = w.connectors.Identify(w.connectors)
	server.Start()
	w.t.Cleanup(server.Close)
}

// authenticate asks the provider whether the access token is one of its own.
func (w *world) authenticate(r *http.Request, token string) (graph.Caller, *graph.Problem) {
	w.mu.Lock()
	w.seen[token] = true
	expired := w.expired[token]
	w.mu.Unlock()
	if expired {
		return graph.Caller{}, &graph.ExpiredToken
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, w.userinfo, nil)
	if err != nil {
		return graph.Caller{}, &graph.InvalidToken
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return graph.Caller{}, &graph.InvalidToken
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return graph.Caller{}, &graph.InvalidToken
	}
	return graph.Caller{Person: "somebody", Scopes: []string{"DeviceManagementServiceConfig.ReadWrite.All"}, Reads: true, Updates: true}, nil
}

// expire has Graph refuse every access token that it has seen, and returns how many those are.
func (w *world) expire() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for token := range w.seen {
		w.expired[token] = true
	}
	return len(w.seen)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
