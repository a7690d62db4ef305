package gallery

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/views/connectors"
	"switchboard/views/viewstest"
)

// searchExhibit is a page with the suggestions for a text below its search.
func searchExhibit(rows []connectors.Row, text string, listed time.Time) exhibit {
	m := connectors.Suggest(rows, text)
	m.Listed, m.Opened, m.Now = listed, len(rows) > 0, viewstest.Now
	shell := pageShell("Connectors", "/connectors", viewstest.Helpdesk)
	shell.Search = text
	below := connectors.List(viewstest.Tenant(), connectors.Filter{})
	below.Read, below.Now = viewstest.Now.Add(-4*time.Minute), viewstest.Now
	page := within(shell, connectors.ListingContent(below))
	return exhibit{page: func() templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			var whole, found bytes.Buffer
			if err := page.Render(ctx, &whole); err != nil {
				return err
			}
			if err := connectors.SuggestionList(m).Render(ctx, &found); err != nil {
				return err
			}
			const closed, open = `<div id="find-list" class="find-list" hidden></div>`, `<div id="find-list" class="find-list">`
			_, err := w.Write(bytes.Replace(whole.Bytes(), []byte(closed), append([]byte(open), append(found.Bytes(), "</div>"...)...), 1))
			return err
		})
	}}
}

// searchExhibits are the suggestions in every state.
func searchExhibits() map[string]exhibit {
	rows, ago := viewstest.Tenant(), viewstest.Now.Add(-4*time.Minute)
	rows[2].Former = []string{"na-mail"}
	rows[7].Connector = viewstest.With(rows[7].Connector, connector.PrimarySMTPAddress, "intune@na.contoso.com")
	long := []connectors.Row{{Connector: giant(), Health: connector.Broken}, {Connector: peculiar(), Health: connector.Unknown, Former: []string{unbroken}}}
	return map[string]exhibit{
		"search":        searchExhibit(rows, "hosted", ago),
		"search-former": searchExhibit(rows, "na-mail", ago),
		"search-domain": searchExhibit(rows, "jane@na.contoso.com", ago),
		"search-health": searchExhibit(rows, "newly broken", ago),
		"search-none":   searchExhibit(rows, "nothing like it", ago),
		"search-unread": searchExhibit(nil, "hosted", time.Time{}),
		"search-opened": searchExhibit(rows[2:3], "hosted", time.Time{}),
		"search-many":   searchExhibit(viewstest.Many(480), "e", ago),
		"search-long":   searchExhibit(long, "WideIdentifier", ago),
	}
}

// TestSuggestionsStandInThePage: each exhibit of them shows its list.
func TestSuggestionsStandInThePage(t *testing.T) {
	t.Parallel()
	for name, exhibit := range searchExhibits() {
		page := viewstest.ParsedPage(t, exhibit.page())
		box := viewstest.One(t, page, "div", "role=listbox")
		checkIDs(t, name, page)
		checkHarmless(t, name, box)
	}
}
