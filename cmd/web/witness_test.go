package main

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"switchboard/internal/audit/witnesstest"
)

// TestServingHasItsRecordWitnessed: the program itself asks, and measures how far the witness has come.
func TestServingHasItsRecordWitnessed(t *testing.T) {
	t.Parallel()
	witness := witnesstest.Start(t, "one.example/witness", "switchboard.example/audit", checkedKey)
	measured := free(t)
	p := startAs(t, func(c *exec.Cmd) {
		c.Env = append(c.Env, "SWITCHBOARD_AUDIT_WITNESSES="+witness.Key+"="+witness.URL, "SWITCHBOARD_METRICS_LISTEN="+measured,
			"SWITCHBOARD_AUDIT_KEY_FILE="+kept(t, "PRIVATE+KEY+switchboard.example/audit+345cd50b+Ae0PcdhDiSpq/JkYutVFngsQfXJdBnncjUUz1V9hXy3B\n"))
	})
	p.export()
	p.until("the witness has seen a line", func() bool { return witness.Lines("switchboard.example/audit") > 0 })
	p.until("it is measured", func() bool {
		answer, err := http.Get("http://" + measured + "/metrics")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		_, lines, found := strings.Cut(string(text), `switchboard_audit_witnessed_lines{witness="one.example/witness"} `)
		return err == nil && found && !strings.HasPrefix(lines, "0")
	})
}
