package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"switchboard/config"
	"switchboard/database"
)

// checkWithin bounds each question that check asks of the network.
const checkWithin = 5 * time.Second

// check tries everything that serving needs, one line each. It takes no port and changes nothing.
func check(load loader, out io.Writer) int {
	settings, warnings, ok := load()
	if !ok {
		return misconfigured
	}
	for _, warning := range warnings {
		fmt.Fprintln(out, "warning        "+warning)
	}
	fmt.Fprintln(out, "configuration  ok")
	code := clean
	for _, doubt := range settings.Doubts() {
		code = failed
		fmt.Fprintln(out, "configuration  FAILED: "+doubt)
	}
	report := func(subject, found, mend string, err error) {
		if err == nil {
			fmt.Fprintf(out, "%-14s ok%s\n", subject, found)
			return
		}
		code = failed
		fmt.Fprintf(out, "%-14s FAILED: %v. %s\n", subject, err, mend)
	}
	tables, err := checkDatabase(settings)
	report("database", tables, "Check database.url, that the server runs, and that the folder can be written.", err)
	if settings.Demo {
		fmt.Fprintln(out, "issuer, graph  ok: the demo brings its own")
		return code
	}
	report("issuer", "", "Check oidc.issuer letter by letter (for Entra ID: https://login.microsoftonline.com/TENANT-ID/v2.0) and the way to it.", checkIssuer(settings))
	report("graph", "", "Check graph.base_url (for instance https://graph.microsoft.com/beta) and the way to it.", checkGraph(settings))
	return code
}

// checkDatabase tells what serving would find.
func checkDatabase(settings config.Config) (found string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	state, err := database.Look(ctx, settings.Database.URL)
	if err != nil {
		return "", err
	}
	switch {
	case state.Absent:
		return ": there is no file yet; serving makes it, and its folder can be written", nil
	case state.Lacking > 0:
		return fmt.Sprintf(": %s pending, which serving applies", migrations(state.Lacking)), nil
	case state.Unknown > 0:
		return fmt.Sprintf(": newer than this version by %s; migrations only add, so it can serve", migrations(state.Unknown)), nil
	}
	return ": its tables are up to date", nil
}

func migrations(n int) string {
	if n == 1 {
		return "1 migration"
	}
	return fmt.Sprintf("%d migrations", n)
}

// checkIssuer reads the discovery document and compares the issuer that it names.
func checkIssuer(settings config.Config) error {
	answer, body, err := ask(strings.TrimSuffix(settings.OIDC.Issuer, "/") + "/.well-known/openid-configuration")
	if err != nil {
		return err
	}
	var document struct {
		Issuer string `json:"issuer"`
	}
	switch err := json.Unmarshal(body, &document); {
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("the discovery document answers %s", answer.Status)
	case err != nil:
		return errors.New("the discovery document is not JSON")
	case document.Issuer != settings.OIDC.Issuer:
		return fmt.Errorf("the provider calls itself %s, and oidc.issuer is %s", document.Issuer, settings.OIDC.Issuer)
	}
	return nil
}

// checkGraph asks without a token, which Graph has to answer with 401: anything else is not Graph, or not its root.
func checkGraph(settings config.Config) error {
	answer, _, err := ask(settings.Graph.BaseURL.String() + "/deviceManagement/exchangeConnectors")
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("a request without a token is answered %s, and Graph answers 401", answer.Status)
	}
	return nil
}

// ask sends a GET and reads at most 512 KiB of the answer.
func ask(address string) (*http.Response, []byte, error) {
	client := &http.Client{
		Timeout:       checkWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Get(address)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 512<<10))
	return answer, body, err
}
