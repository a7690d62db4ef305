package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/audit"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/internal/oidc"
	"switchboard/internal/runbooks"
	"switchboard/internal/site"
)

// checkWithin bounds each question that check asks of the network.
const checkWithin = 5 * time.Second

// check tries everything that serving needs, one line each. It takes no port and changes nothing.
func check(load loader, out io.Writer) int {
	settings, warnings, ok := load()
	if !ok {
		return misconfigured
	}
	r := &report{out: out, code: clean}
	r.configuration(settings, warnings)
	tables, err := checkDatabase(settings)
	r.line("database", tables, "Check database.url, that the server runs, and that the folder can be written.", err)
	for i, witness := range site.Witnesses(settings) {
		found, err := checkWitness(settings, witness)
		r.line("witness "+strconv.Itoa(i+1), found, "Check audit.witnesses, and what the witness knows of this record.", err)
	}
	_, odd, err := runbooks.Load(settings.Runbooks.Dir)
	r.warn(odd)
	r.line("runbooks", "", "Check the files below runbooks.dir.", err)
	if settings.Demo {
		fmt.Fprintln(out, "issuer, graph  ok: the demo brings its own")
		return r.code
	}
	provider, mend, err := checkIssuer(settings)
	r.line("issuer", "", mend, err)
	if err == nil {
		r.code = max(r.code, checkClient(settings, provider, out))
	}
	r.line("graph", "", "Check graph.base_url (for instance https://graph.microsoft.com/beta) and the way to it.", checkGraph(settings))
	return r.code
}

// report is what check writes, and the exit code that follows from it.
type report struct {
	out  io.Writer
	code int
}

// line tells of one subject; mend is what to do where it failed.
func (r *report) line(subject, found, mend string, err error) {
	if err == nil {
		fmt.Fprintf(r.out, "%-14s ok%s\n", subject, found)
		return
	}
	r.code = failed
	fmt.Fprintf(r.out, "%-14s FAILED: %s. %s\n", subject, oneLine(err), mend)
}

// configuration tells of settings that can be read and are unwise, or cannot work.
func (r *report) configuration(settings config.Config, warnings []string) {
	if soon := settings.CertificateWarning(time.Now()); soon != "" {
		warnings = append(warnings, soon)
	}
	r.warn(append(warnings, unsafe(settings)...))
	fmt.Fprintln(r.out, "configuration  ok")
	doubts := settings.Doubts()
	if doubt := settings.CertificateDoubt(time.Now()); doubt != "" {
		doubts = append(doubts, doubt)
	}
	for _, doubt := range doubts {
		r.code = failed
		fmt.Fprintln(r.out, "configuration  FAILED: "+doubt)
	}
}

func (r *report) warn(warnings []string) {
	for _, warning := range warnings {
		fmt.Fprintln(r.out, "warning        "+warning)
	}
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

// checkWitness asks a witness whether it takes this record; a demo that was never served has no key to ask with.
func checkWitness(settings config.Config, witness audit.Witness) (found string, err error) {
	name, _, _ := strings.Cut(witness.Key, "+")
	if settings.Audit.Key == "" {
		return ": " + name + " is not asked before the demo has made its key", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	if found, err = audit.TryWitness(ctx, settings.Audit.Key, witness); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return ": " + name + " takes this record; " + found, nil
}

func migrations(n int) string {
	if n == 1 {
		return "1 migration"
	}
	return fmt.Sprintf("%d migrations", n)
}

// checkIssuer reads the provider's documents as serving does; mend is what to do where that failed.
func checkIssuer(settings config.Config) (provider *oidc.Trial, mend string, err error) {
	if err := checkDiscovery(settings.OIDC.Issuer); err != nil {
		return nil, "Check oidc.issuer letter by letter (for Entra ID: https://login.microsoftonline.com/TENANT-ID/v2.0) and the way to it.", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	provider, err = oidc.Try(ctx, site.Client(settings))
	return provider, "Nobody can sign in before that is put right at the provider, or on the way to it.", err
}

// checkDiscovery compares the issuer with the one that its discovery document names.
func checkDiscovery(issuer string) error {
	answer, body, err := ask(strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration")
	if err != nil {
		return err
	}
	var document struct{ Issuer string }
	switch err := json.Unmarshal(body, &document); {
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("the discovery document answers %s", answer.Status)
	case err != nil:
		return errors.New("the discovery document is not JSON")
	case document.Issuer != issuer:
		return fmt.Errorf("the provider calls itself %s, and oidc.issuer is %s", document.Issuer, issuer)
	}
	return nil
}

// checkClient shows the provider the credential, and looks whether it has what the configuration counts on. It is no failure
// where the provider's answer proves nothing.
func checkClient(settings config.Config, provider *oidc.Trial, out io.Writer) int {
	code := clean
	ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
	defer cancel()
	said := "ok: the provider refuses a made-up code, and not oidc.client_id or its credential"
	switch err := provider.Client(ctx); {
	case errors.Is(err, oidc.ErrNoCredential):
		code, said = failed, "FAILED: "+oneLine(err)+". Nobody can sign in without it."
	case errors.Is(err, oidc.ErrGrantRefused):
		code, said = failed, "FAILED: "+oneLine(err)
	case errors.Is(err, oidc.ErrClientRefused):
		code, said = failed, "FAILED: "+oneLine(err)
		if settings.OIDC.ClientSecret != "" && settings.OIDC.ClientAuth == string(oidc.AutoAuth) {
			said += " If both are right, try oidc.client_auth: basic, or post."
		}
	case err != nil:
		said = "unproven: " + oneLine(err)
	}
	fmt.Fprintf(out, "%-14s %s\n", "client", said)
	if settings.OIDC.ClaimsFrom == string(oidc.FromUserInfo) && !provider.HasUserinfo() {
		code = failed
		fmt.Fprintf(out, "%-14s FAILED: the provider's discovery document names no userinfo_endpoint. Set oidc.claims_from to id_token.\n", "userinfo")
	}
	return code
}

// oneLine is an error's text in one line.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\t' })
	return strings.ReplaceAll(strings.Join(lines, ". "), ":. ", ": ")
}

// checkGraph asks without a token, which Graph has to answer with 401 and its error object: anything else is not Graph, or
// not its root.
func checkGraph(settings config.Config) error {
	answer, body, err := ask(settings.Graph.BaseURL.String() + "/deviceManagement/exchangeConnectors")
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusUnauthorized {
		return fmt.Errorf("a request without a token is answered %s, and Graph answers 401", answer.Status)
	}
	var outer struct{ Error struct{ Code *string } }
	if err := json.Unmarshal(body, &outer); (err != nil || outer.Error.Code == nil) && answer.Header.Get("request-id") == "" {
		return errors.New("the 401 is not Graph's: a proxy or a gateway answers in its place")
	}
	return nil
}

// ask sends a GET and reads at most 512 KiB of the answer, without a byte order mark before it.
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
	return answer, bytes.TrimPrefix(body, []byte("\ufeff")), err
}
