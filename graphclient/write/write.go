// Package write gives the calls that change something at Graph. To import it is to be able to write: a test over `go list`
// holds that only the room of changes does.
package write

import (
	"switchboard/graphclient"
	"switchboard/graphclient/internal/permit"
)

// For are the calls that write, under this person's token.
func For(client *graphclient.Client, tokens graphclient.Tokens) *graphclient.Writer {
	return client.Writer(permit.Permit{}, tokens)
}
