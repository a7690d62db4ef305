package gallery

import (
	"golang.org/x/text/unicode/norm"

	"switchboard/internal/connector"
	"switchboard/views/viewstest"
)

// peculiar holds what nobody would see without its mark, in every text.
func peculiar() connector.Connector {
	c := viewstest.NaMail()
	for name, text := range map[string]string{
		connector.ExchangeAlias: "na-mail ", connector.ExchangeOrganization: norm.NFD.String("Zürich Süd"), connector.ServerName: "EX\u202e10\u202c", connector.ConnectorServerName: "  ",
		connector.Version: "2026.10\u200b.3", connector.PrimarySMTPAddress: "intune@na.contoso.com\u00a0", connector.Status: "connected ",
	} {
		c = viewstest.With(c, name, text)
	}
	return c
}

// peculiarities are the pages about such a connector.
func peculiarities() map[string]exhibit {
	was, wanted := peculiar(), map[string]string{
		connector.ExchangeAlias: "na-mail", connector.ServerName: "\u0415X01", connector.ExchangeOrganization: "Zürich Süd", connector.Version: "2026.10  3",
	}
	merge := connector.Edit{Shown: was, Wanted: wanted}.Merge(was)
	form := viewstest.Edit()
	form.Connector, form.Wanted = was, wanted
	look := viewstest.Review()
	look.Connector, look.Merge, look.Wanted = was, merge, wanted
	theirs := viewstest.With(viewstest.With(was, connector.ExchangeAlias, "na-mail\u2007"), connector.Version, "2026.10 3")
	clash := viewstest.Conflict()
	clash.Connector, clash.Shown, clash.Merge, clash.Wanted = theirs, was, connector.Edit{Shown: was, Wanted: wanted}.Merge(theirs), wanted
	stored := viewstest.Receipt("applied", viewstest.Field(connector.ExchangeAlias, "na-mail ", "na-mail", "na-mail\u00a0"), viewstest.Field(connector.ServerName, "EX01", "\u0415X01", "EX01"))
	stored.Name, stored.Who, stored.You, stored.Reason = was.Name(), "Maya\u200f  Lindqvist", false, "Two  spaces\nand \u202ea line"
	saved := viewstest.Card(viewstest.With(was, connector.ServerName, "EX01"), viewstest.Admin)
	saved.Receipt = &stored
	return map[string]exhibit{
		"unseen-card": cardExhibit(viewstest.Card(was, viewstest.Admin)), "unseen-saved": cardExhibit(saved), "unseen-edit": editExhibit(form), "unseen-review": reviewExhibit(look),
		"unseen-conflict": conflictExhibit(clash), "unseen-receipt": receiptExhibit(stored),
	}
}
