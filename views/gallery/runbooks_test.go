package gallery

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"switchboard/internal/connector"
	"switchboard/internal/markdown"
	"switchboard/views/components"
	"switchboard/views/connectors"
	"switchboard/views/runbooks"
	"switchboard/views/viewstest"
)

// house is a runbook with all that people write.
var house = `Call **the night shift** before you touch anything: _nobody_ else has the key.

# Who is on call

| Day | Who |
|-----|-----|
| Monday | Priya Raman |
| Tuesday | ` + unbroken + ` |

#### What they want to know

1. The summary.
2. The ticket, of [the desk](https://desk.contoso.com/).

   In a paragraph of its own.
- ~~The old desk~~

> Never restart it by day.

---

` + "```powershell\nGet-Service -Name WIEC -ComputerName " + unbroken + "\n```\n\n<b>bold</b> ![plan](x.png) `code`  \nnext line\n"

// runbookExhibits are the pages of runbooks, with an organization's own and without.
func runbookExhibits() map[string]exhibit {
	own := markdown.Parse("It worked, and it does not any more.\n\n## For an admin\n\n1. Look at the history.\n\n```powershell\nGet-Service\n```\n")
	index := runbooks.Index{}
	for _, health := range connector.Healths() {
		index.Rows = append(index.Rows, runbooks.Row{Health: health, Lead: own[0].Children, HasHouse: health == connector.Broken})
	}
	draw := func(content templ.Component) exhibit {
		return exhibit{page: func() templ.Component { return within(pageShell("Runbooks", "/runbooks", viewstest.Helpdesk), content) }}
	}
	return map[string]exhibit{
		"runbooks":      draw(runbooks.IndexContent(index)),
		"runbook":       draw(runbooks.Content(runbooks.Page{Health: connector.Retired, Text: own})),
		"runbook-house": draw(runbooks.Content(runbooks.Page{Health: connector.Broken, Text: own, House: markdown.Parse(house)})),
	}
}

// callerExhibits are the caller's card while something is under way, with long names, and with times in a person's own zone.
func callerExhibits() map[string]exhibit {
	broken := viewstest.With(viewstest.With(viewstest.NaMail(), connector.LastSyncDateTime, "2026-11-19T03:40:00Z"), connector.Status, "disconnected")
	busy := viewstest.Card(broken, viewstest.Helpdesk)
	busy.Progress = &connectors.Progress{ID: broken.ID(), Change: "c8", SyncType: "fullSync", Who: "Priya Raman", Asked: viewstest.Now.Add(-time.Minute), Until: viewstest.Now.Add(19 * time.Minute), Now: viewstest.Now}
	busy.Caller.HasHouse = true
	long := viewstest.Card(viewstest.With(broken, connector.ExchangeAlias, unbroken), viewstest.Helpdesk)
	long.Gates.EditClaims = []string{"CN=" + strings.Repeat("Connector Administrators ", 8)}
	zoned := func(m connectors.Card) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return cardExhibit(m).page().Render(components.InZone(ctx, time.FixedZone("Asia/Kolkata", 5*3600+1800)), w)
		})
	}
	return map[string]exhibit{
		"caller-busy":  cardExhibit(busy),
		"caller-long":  cardExhibit(long),
		"caller-zoned": {page: func() templ.Component { return zoned(busy) }},
	}
}
