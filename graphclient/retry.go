package graphclient

import (
	"context"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

const (
	// patience is how long a person is kept waiting because Graph asks for it.
	patience = 10 * time.Second
	maxReads = 3
	// Full jitter picks a wait from 0 to these bounds: the first, then twice as much each time.
	firstWait, longestWait = 500 * time.Millisecond, 8 * time.Second
	redialWait             = 200 * time.Millisecond
	busyWait               = 5 * time.Second
)

// read sends a GET until it succeeds and its body can be decoded, at most three times.
func (r *Reader) read(ctx context.Context, out call, decode func(body []byte) error) (answer, *Error) {
	c := r.client
	ctx, cancel := context.WithTimeout(ctx, c.options.ReadTimeout)
	defer cancel()
	out.whose = r.tokens.Whose()
	bearer := bearer{tokens: r.tokens, need: Read}
	var waited time.Duration
	for try := 1; ; try++ {
		got, e := r.readOnce(ctx, out, &bearer)
		if e == nil {
			err := decode(got.body)
			if err == nil {
				return got, nil
			}
			e = c.senseless(ctx, got, out.name, err)
			e.again = errors.Is(err, errCutShort)
		}
		wait := c.wait(e, try)
		waited += wait
		if !e.again || try == maxReads || waited > patience {
			return answer{}, e
		}
		if r.onRetry != nil && ctx.Err() == nil { // a read that was given up has not failed
			r.onRetry(e)
		}
		if c.pause(ctx, wait) != nil {
			return answer{}, e
		}
		if e.Class == Unavailable {
			out.carrier = c.http.again
		}
	}
}

// readOnce sends one GET, and once more if the bearer was refused and another could be had.
func (r *Reader) readOnce(ctx context.Context, out call, bearer *bearer) (answer, *Error) {
	for {
		var e *Error
		if out.bearer, e = bearer.get(ctx); e != nil {
			return answer{}, e
		}
		out.id = newID()
		got, failure := r.client.send(ctx, out)
		if failure != nil {
			return answer{}, unread(out, failure)
		}
		if e = r.client.judgeRead(ctx, out, got); e == nil {
			return got, nil
		}
		if barred := r.client.options.Barred; barred != nil && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
			barred(out.whose) // even where another bearer is taken: what the person may see may have changed with it
		}
		if renewed, e := bearer.renew(ctx, e); !renewed {
			return answer{}, e
		}
	}
}

// unread is the error of a GET without an answer.
func unread(out call, failure *unanswered) *Error {
	e := &Error{Class: Unavailable, ClientRequestID: out.id, cause: failure.cause, handling: handling{again: true}}
	e.held(failure)
	return e
}

// held notes that a call was not made, because no turn came or because Graph answers nobody.
func (e *Error) held(failure *unanswered) {
	switch {
	case errors.Is(failure, errBusy):
		e.RetryAfter, e.again, e.busy = busyWait, false, true
	case errors.Is(failure, errOpen):
		e.RetryAfter, e.again = tryEvery, false
	}
}

// judgeRead accepts a whole JSON answer with status 200 and nothing else.
func (c *Client) judgeRead(ctx context.Context, out call, got answer) *Error {
	if got.status < 200 || got.status > 299 {
		return c.refusal(ctx, out, got)
	}
	if got.cut == nil && got.status == http.StatusOK && got.isJSON() {
		return nil
	}
	e := &Error{Class: Unavailable, Status: got.status, RequestID: got.requestID(), ClientRequestID: out.id}
	if got.cut != nil {
		e.cause, e.again = got.cut, !errors.Is(got.cut, errTooLarge)
	} else {
		e.By, e.cause = Between, errors.New("the answer is not JSON: something else than Graph answered")
	}
	return e
}

// wait is how long to wait after the failure of that try.
func (c *Client) wait(e *Error, try int) time.Duration {
	if e.waits {
		return e.RetryAfter
	}
	return c.options.Jitter(min(firstWait<<(try-1), longestWait))
}

// pause waits, unless the context would end first.
func (c *Client) pause(ctx context.Context, wait time.Duration) error {
	if end, limited := ctx.Deadline(); limited && time.Until(end) <= wait { // which is in real time, whatever Now says
		return context.DeadlineExceeded
	}
	return c.options.Sleep(ctx, wait)
}

var seconds = regexp.MustCompile(`^[+-]?[0-9]{1,18}(\.[0-9]{1,18})?$`)

// saidAt is when an answer was sent by the clock of who sent it, which need not agree with ours; now where it does not say.
func saidAt(header http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		return at
	}
	return now
}

// retryAfter reads a Retry-After header: seconds, whole or not, or an HTTP date; now is the time by the clock that wrote it.
// What is past is 0; ok is false for what cannot be read.
func retryAfter(header string, now time.Time) (wait time.Duration, ok bool) {
	if seconds.MatchString(header) {
		amount, err := strconv.ParseFloat(header, 64)
		longest := math.MaxInt64 / float64(time.Second) / 2
		return time.Duration(min(max(amount, 0), longest) * float64(time.Second)), err == nil
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}
