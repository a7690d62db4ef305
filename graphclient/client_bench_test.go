package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkPatch compares the client with the least that a program of its own would write.
func BenchmarkPatch(b *testing.B) {
	g := httptest.NewServer(says(200, object(exampleID, "x")))
	b.Cleanup(g.Close)
	b.Run("client", func(b *testing.B) {
		c, _ := client(b, g.URL)
		calls := allOf(c, newPerson())
		b.ReportAllocs()
		for b.Loop() {
			if answer, err := calls.Patch(context.Background(), exampleID, serverName("x"), changeID); err != nil || !answer.HasObject {
				b.Fatal(answer, err)
			}
		}
	})
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			body, _ := json.Marshal(map[string]any{"serverName": "x"})
			request, _ := http.NewRequest(http.MethodPatch, g.URL+first+"/"+exampleID, bytes.NewReader(body))
			request.Header.Set("Authorization", "Bearer token-1")
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			data, _ := io.ReadAll(response.Body)
			response.Body.Close()
			var object map[string]any
			if json.Unmarshal(data, &object) != nil {
				b.Fatal(string(data))
			}
		}
	})
}
