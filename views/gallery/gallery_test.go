package gallery

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"switchboard/views/changes"
	"switchboard/views/connectors"
	"switchboard/views/edit"
	"switchboard/views/viewstest"
)

// exhibit is a fragment, and the page that embeds it.
type exhibit struct {
	title          string
	fragment, page func() templ.Component
}

func cardExhibit(m connectors.Card) exhibit {
	return exhibit{m.Title(), func() templ.Component { return connectors.ConnectorCard(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), connectors.ConnectorCard(m)) }}
}

func editExhibit(m edit.Edit) exhibit {
	return exhibit{m.Title(), func() templ.Component { return edit.EditForm(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), edit.EditForm(m)) }}
}

func reviewExhibit(m edit.Review) exhibit {
	return exhibit{m.Title(), func() templ.Component { return edit.ReviewForm(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), edit.ReviewForm(m)) }}
}

func conflictExhibit(m edit.Conflict) exhibit {
	return exhibit{m.Title(), func() templ.Component { return edit.ConflictForm(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), edit.ConflictForm(m)) }}
}

func receiptExhibit(m changes.Receipt) exhibit {
	m.Standalone = true
	title := m.Title()
	return exhibit{title, func() templ.Component { return changes.ReceiptDetail(m) }, func() templ.Component { return within(viewstest.Shell(title), changes.ReceiptDetail(m)) }}
}

func nothingExhibit(m edit.Nothing) exhibit {
	return exhibit{m.Title(), func() templ.Component { return edit.NothingChanged(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), edit.NothingChanged(m)) }}
}

func changesExhibit(m changes.List) exhibit {
	return exhibit{m.Title(), func() templ.Component { return changes.ListContent(m) }, func() templ.Component { return within(viewstest.Shell(m.Title()), changes.ListContent(m)) }}
}

// TestGallery writes every page into $SWITCHBOARD_GALLERY, to be looked at; without it there is nothing to write.
func TestGallery(t *testing.T) {
	folder := os.Getenv("SWITCHBOARD_GALLERY")
	for name, exhibit := range gallery() {
		page := viewstest.Rendered(t, exhibit.page())
		if folder == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name+".html"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
