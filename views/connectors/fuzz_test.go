package connectors

import (
	"net/url"
	"testing"
)

// FuzzReadFilter holds that the address of a filter leads to that filter.
func FuzzReadFilter(f *testing.F) {
	f.Add("q=na&health=healthy&status=connected&type=hosted&sort=-name&page=2")
	f.Add("sort=-health&page=-1")
	f.Add("sort=--name&q=+%00+&page=99999999999999999999")
	f.Add("q=%ff%fe")
	f.Fuzz(func(t *testing.T, text string) {
		query, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		filter := ReadFilter(query)
		address, err := url.Parse(filter.URL())
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		again := ReadFilter(address.Query())
		if filter.Page <= 1 {
			filter.Page, again.Page = 0, 0
		}
		if again != filter {
			t.Errorf("%q is %+v, its address %s is %+v", text, filter, address, again)
		}
	})
}
