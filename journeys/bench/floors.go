package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// object is what the stub answers: a connector as Graph sends it, of 540 bytes.
const object = `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#deviceManagement/exchangeConnectors/$entity","id":"50ddf0a3-e609-5829-84e9-d9a9877d8924",` +
	`"lastSyncDateTime":"2026-11-24T10:12:31.4020000Z","status":"connected","primarySmtpAddress":"intune@na.contoso.com","serverName":"outlook.office365.com",` +
	`"connectorServerName":"EXC-NA-01.contoso.local","exchangeConnectorType":"serviceToService","version":"2026.10.3","exchangeAlias":"na-mail",` +
	`"exchangeOrganization":"Contoso North America"}`

// listPath is where the stub answers a list, of as many connectors as the tenant has whose pages are measured.
const listPath, listed = "/list", 43

// stub stands in for Graph where nothing of ours asks.
func stub() (address string, stop func(), err error) {
	answers := map[string]string{listPath: `{"value":[` + strings.Join(slices.Repeat([]string{object}, listed), ",") + `]}`}
	return serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerJSON(w, r, cmp.Or(answers[r.URL.Path], object)) }))
}

func answerJSON(w http.ResponseWriter, r *http.Request, text string) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

// stubPath is where a floor itself stands in for Graph, which has one connector there.
const stubPath = "/graph"

// serve serves in this process.
func serve(handler http.Handler) (address string, stop func(), err error) {
	free, err := freeAddresses(1)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Addr: free[0], Handler: handler}
	go func() { _ = server.ListenAndServe() }()
	return "http://" + free[0], func() { _ = server.Close() }, nil
}

// serveFloor is a floor's process: it does what it has to do, and nothing of ours.
func serveFloor(upstream string) {
	target, err := url.Parse(upstream)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/ready", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	e.GET("/metrics", echo.WrapHandler(promhttp.Handler()))
	e.GET("/page", func(c echo.Context) error { return floorOf(c, client, upstream) })
	e.GET("/proxy", echo.WrapHandler(httputil.NewSingleHostReverseProxy(target)))
	e.Any(stubPath+"/*", func(c echo.Context) error { answerJSON(c.Response(), c.Request(), object); return nil })
	log := &journal{}
	e.POST("/save", func(c echo.Context) error { return log.save(c, client, upstream) })
	e.Logger.Error(e.Start(os.Getenv("FLOOR_LISTEN")))
}

// floorOf is 1c: one request to Graph, for a connector or a list of them, its JSON read, and a templ page.
func floorOf(c echo.Context, client *http.Client, upstream string) error {
	ctx, values := c.Request().Context(), map[string]string{}
	var err error
	if c.QueryParam("of") == "list" {
		var list struct{ Value []map[string]string }
		if err = read(ctx, client, http.MethodGet, upstream+listPath, http.NoBody, &list); err == nil {
			values = list.Value[0]
		}
	} else {
		err = read(ctx, client, http.MethodGet, upstream, http.NoBody, &values)
	}
	if err != nil {
		return err
	}
	rows, _ := strconv.Atoi(c.QueryParam("rows"))
	var page bytes.Buffer
	if err := floorPage(values, rows).Render(ctx, &page); err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, page.Bytes())
}

func read(ctx context.Context, client *http.Client, method, address string, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

// journal is the floor's record: lines that are on the disk when append returns.
type journal struct {
	mu   sync.Mutex
	file *os.File
}

func (j *journal) append(line string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		file, err := os.OpenFile(filepath.Join(os.TempDir(), "floor.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		j.file = file
	}
	if _, err := j.file.WriteString(line); err != nil {
		return err
	}
	return syscall.Fdatasync(int(j.file.Fd()))
}

// save is the floor of a save: a form, a read, a durable line, a PATCH, a durable line, and a constant answer as long as asked for.
func (j *journal) save(c echo.Context, client *http.Client, upstream string) error {
	ctx, values := c.Request().Context(), map[string]string{}
	bytes, err := strconv.Atoi(c.FormValue("bytes"))
	if err != nil {
		return err
	}
	address := upstream + "/" + c.FormValue("connector")
	if err := read(ctx, client, http.MethodGet, address, http.NoBody, &values); err != nil {
		return err
	}
	if err := j.append(strings.Repeat("i", 600) + "\n"); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"version": c.FormValue("version")})
	if err != nil {
		return err
	}
	if err := read(ctx, client, http.MethodPatch, address, strings.NewReader(string(body)), &values); err != nil {
		return err
	}
	if err := j.append(strings.Repeat("o", 600) + "\n"); err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, constant[:min(bytes, len(constant))])
}

// constant is what a floor answers where nothing has to be drawn.
var constant = []byte(strings.Repeat("<p>constant</p>\n", 4<<10))

// startFloor starts the floors in a process of their own.
func startFloor(ctx context.Context, upstream string) (*process, error) {
	free, err := freeAddresses(1)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "switchboard-floor-")
	if err != nil {
		return nil, err
	}
	command := exec.Command(self, "floor", upstream)
	command.Dir, command.Env = folder, []string{"FLOOR_LISTEN=" + free[0], "TMPDIR=" + folder, "HOME=" + folder}
	p, err := start(ctx, command, "http://"+free[0], "/ready")
	if err != nil {
		return nil, err
	}
	p.metrics = p.url + "/metrics"
	return p, nil
}

// rowsFor is how many rows make the floor's page as large as ours.
func rowsFor(ctx context.Context, floor *browser, size int) (int, error) {
	none, err := floor.get(ctx, "/page?rows=0")
	if err != nil {
		return 0, err
	}
	ten, err := floor.get(ctx, "/page?rows=10")
	return max(0, (size-len(none.body))*10/(len(ten.body)-len(none.body))), err
}
