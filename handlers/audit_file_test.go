package handlers

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

// TestFilesOutliveTheServersDeadline writes a file on a server that grants an answer no time at all, through all that
// stands between the file and the network.
func TestFilesOutliveTheServersDeadline(t *testing.T) {
	t.Parallel()
	want := bytes.Repeat([]byte("a line of the record\n"), 100_000)
	e := echo.New()
	e.GET("/", func(c echo.Context) error {
		to := &file{response: c.Response(), kind: "text/csv; charset=utf-8", name: "audit.csv"}
		for piece := range bytes.Lines(want) {
			if _, err := to.Write(piece); err != nil {
				return err
			}
		}
		return nil
	})
	server := httptest.NewUnstartedServer(compressed(e))
	server.Config.WriteTimeout = time.Nanosecond
	server.Start()
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d came, %v", len(got), len(want), err)
	}
}
