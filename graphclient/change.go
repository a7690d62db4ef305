package graphclient

import (
	"context"
	"errors"
	"net/http"
)

// resends are the reasons for which one change may be sent again, each once.
type resends struct {
	dial, throttled bool
	bearer          bearer
}

// InTurn are the calls as one of many that are made one after another: whoever makes them waits himself where Graph asks to slow
// down, so nothing is sent again for that, and what is sent a second time for another reason waits for turn.
func (w *Writer) InTurn(turn func(context.Context) error) *Writer {
	return &Writer{client: w.client, tokens: w.tokens, paced: turn}
}

// change sends a change and says what is known of it.
func (w *Writer) change(ctx context.Context, out call, id string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, w.client.options.WriteTimeout)
	defer cancel()
	out.whose = w.tokens.Whose()
	left := resends{dial: true, throttled: out.method == http.MethodPatch && w.paced == nil, bearer: bearer{tokens: w.tokens, need: Write}}
	for {
		var e *Error
		if out.bearer, e = left.bearer.get(ctx); e != nil {
			e.ClientRequestID = out.id
			return Answer{}, e
		}
		got, failure := w.client.send(ctx, out)
		if failure == nil && got.status >= 200 && got.status <= 299 {
			return w.applied(out, got, id)
		}
		if failure != nil {
			e = unanswer(out, failure)
		} else {
			e = w.client.refusal(ctx, out, got)
		}
		if again, e := w.client.sendAgain(ctx, &left, e); !again {
			return Answer{}, e
		}
		if w.paced != nil && w.paced(ctx) != nil {
			return Answer{}, e
		}
	}
}

// sendAgain says whether the failure is one after which the change is sent again, and waits for the time to do so.
func (c *Client) sendAgain(ctx context.Context, left *resends, e *Error) (bool, *Error) {
	switch {
	case e.again && e.Class == NotSent && left.dial:
		left.dial = false
		return c.pause(ctx, redialWait) == nil, e
	case e.Class == Throttled && left.throttled && e.waits && e.RetryAfter <= patience:
		left.throttled = false
		return c.pause(ctx, e.RetryAfter) == nil, e
	}
	return left.bearer.renew(ctx, e)
}

// unanswer is the error of a change without an answer.
func unanswer(out call, failure *unanswered) *Error {
	e := &Error{Class: InDoubt, ClientRequestID: out.id, handling: handling{call: out.name}, cause: failure.cause}
	if failure.unsent {
		e.Class, e.again = NotSent, true
	}
	e.held(failure)
	return e
}

// applied reads a 2xx. An empty answer, JSON without the object and JSON that was cut short say no more than that the
// change was applied; an answer of another kind may be anybody's.
func (w *Writer) applied(out call, got answer, id string) (Answer, error) {
	done := Answer{Status: got.status, RequestID: got.requestID(), Took: got.took}
	empty := len(got.body) == 0 && got.cut == nil
	if !empty && !got.isJSON() {
		return Answer{}, &Error{
			Class: InDoubt, Status: got.status, By: Between, RequestID: done.RequestID, ClientRequestID: out.id,
			cause: errors.New("the answer is not JSON: something else than Graph answered"),
		}
	}
	if object, whole, err := decodeOne(got.body, id); err == nil && whole && got.cut == nil {
		done.Object, done.HasObject = object, true
	}
	return done, nil
}
