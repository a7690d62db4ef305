package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// longestAnswer bounds what is read of a witness's answer: it has a few signatures, or a number.
const longestAnswer = 16 << 10

// newWitnessClient follows no redirect, so that nobody but the configured address is asked. It keeps no connection: between two
// questions a witness may have closed it.
func newWitnessClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return &http.Client{
		Transport:     transport,
		Timeout:       answerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// cosign shows a witness the audit log's newest checkpoint, with the proof that it extends what the witness cosigned last.
// Without an error, got is what it cosigned; else what it is known to have cosigned before. A refusal and an audit log that
// cannot be read are errors of their own types.
func (w *Witnesses) cosign(ctx context.Context, one *witness) (got cosigned, err error) {
	kept, err := w.kept(ctx)
	if err != nil {
		return got, unreadable{err}
	}
	got = kept[one.key]
	signed, head, err := w.log.newest(ctx)
	if err != nil {
		return got, unreadable{err}
	}
	switch ok, err := w.log.extends(ctx, head, got.head); {
	case err != nil:
		return got, unreadable{err}
	case !ok: // the witness has signed what the audit log no longer holds: nobody has to be asked
		return got, differs(head, got.head, one.Name())
	}
	old := got.head.size
	for range 4 { // other replicas' questions may bring it farther meanwhile
		answer, err := w.show(ctx, one, signed, head, old)
		switch {
		case err != nil:
			return got, err
		case answer.cosigned.note != "":
			return answer.cosigned, w.keep(ctx, one.cosigner, answer.cosigned)
		case answer.unproven, answer.known == old && old == head.size && old > 0: // the latter is the answer to another root of its size
			return got, unproven(got.head, old, one.Name())
		case answer.known == old:
			return got, fmt.Errorf("it contradicts itself: it denies that it has cosigned %d lines, and says so", old)
		}
		if old = answer.known; old <= head.size {
			continue
		}
		if signed, head, err = w.log.newest(ctx); err != nil {
			return got, unreadable{err}
		}
		if old > head.size {
			return got, differs(head, checkpoint{size: old}, one.Name())
		}
	}
	return got, errors.New("it says something else each time about how far it has come")
}

// unreadable is the failure of an audit log that cannot be read: it says nothing about a witness.
type unreadable struct{ error }

// shown is a witness's answer: a cosignature, the size of what it cosigned last, or that the proof does not hold.
type shown struct {
	cosigned cosigned
	known    int64
	unproven bool
}

// show asks a witness for its cosignature of a checkpoint, which extends what it had at the size old.
func (w *Witnesses) show(ctx context.Context, one *witness, signed string, head checkpoint, old int64) (shown, error) {
	proof, err := w.log.proveFrom(ctx, head, old)
	if err != nil {
		return shown{}, unreadable{err}
	}
	var body bytes.Buffer
	fmt.Fprintf(&body, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintln(&body, hash)
	}
	fmt.Fprintf(&body, "\n%s", signed)
	status, said, err := post(ctx, w.http, one.url, &body)
	if err != nil {
		return shown{}, err
	}
	switch status {
	case http.StatusOK:
		got, err := one.accept(signed, said)
		return shown{cosigned: got}, err
	case http.StatusConflict:
		known, err := parseKnown(said)
		return shown{known: known}, err
	case http.StatusUnprocessableEntity:
		return shown{unproven: true}, nil
	}
	return shown{}, unexpected(status)
}

// parseKnown reads how many lines a witness has cosigned.
func parseKnown(said string) (int64, error) {
	known, err := strconv.ParseInt(strings.TrimSpace(said), 10, 64)
	if err != nil || known < 0 {
		return 0, errors.New("it answers 409 Conflict, and not how many lines it has cosigned: that is not a witness's answer")
	}
	return known, nil
}

// accept takes the witness's own cosignature out of its answer.
func (c cosigner) accept(signed, lines string) (cosigned, error) {
	got, err := c.open(signed + lines)
	if err != nil {
		return cosigned{}, fmt.Errorf("its answer: %w", err)
	}
	got.note = signed + got.line
	return got, nil
}

// post sends a request to add a checkpoint below an address.
func post(ctx context.Context, client *http.Client, address string, body io.Reader) (status int, said string, err error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/add-checkpoint", body)
	if err != nil {
		return 0, "", err
	}
	answer, err := client.Do(ask)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer+1))
	if err == nil && len(read) > longestAnswer {
		err = fmt.Errorf("its answer is longer than %d bytes", longestAnswer)
	}
	return answer.StatusCode, string(read), err
}

// unexpected says what an answer without a meaning here probably means.
func unexpected(status int) error {
	said := fmt.Sprintf("it answers %d %s", status, http.StatusText(status))
	if status == http.StatusForbidden || status == http.StatusNotFound {
		said += ": it does not know this record's origin, or not its key"
	}
	return errors.New(said)
}
