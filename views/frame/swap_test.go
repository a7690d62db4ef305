package frame_test

import (
	"testing"

	"switchboard/views/connectors"
	"switchboard/views/frame"
	"switchboard/views/viewstest"
)

func TestSwapBringsTitleCrumbsAndMenu(t *testing.T) {
	t.Parallel()
	m := viewstest.Card(viewstest.NaMail(), viewstest.Admin)
	swap := viewstest.Parsed(t, frame.Swap(viewstest.Shell(m.Title()), connectors.ConnectorCard(m)))
	if got, want := viewstest.Words(viewstest.One(t, swap, "title")), "Healthy, na-mail · Contoso North America · Switchboard"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	if got := viewstest.Words(viewstest.One(t, swap, "ol", "hx-swap-oob")); got != "Connectorsna-mail · Contoso North America" {
		t.Errorf("the breadcrumb is %q", got)
	}
	viewstest.One(t, viewstest.One(t, swap, "ul", "hx-swap-oob=outerMorph:.side-links"), "a", "href=/connectors", "aria-current=page")
	viewstest.One(t, swap, "section", "id=connector")
}
