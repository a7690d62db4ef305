package provider

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"switchboard/simulator/directory"
	"switchboard/simulator/journal"
)

//go:embed login.html
var pageText string

//go:embed login.css
var style []byte

var page = template.Must(template.New("page").Parse(pageText))

// model is what the page shows.
type model struct {
	Host, Style  string
	Action       string
	Title        string
	Sentence     string
	People, More []choice
}

type choice struct {
	directory.Person
	Role, Initials string
	First          bool // has the focus when the page opens
}

// showPeople asks who to be.
func (p *Provider) showPeople(w http.ResponseWriter, r *http.Request) {
	found := p.waiting(r.FormValue("id"))
	if found == nil {
		p.showEnded(w)
		return
	}
	m := p.model("Who would you like to be?", "Switchboard wants to sign you in to the Contoso demo tenant.")
	m.Action = p.options.Issuer.Path + loginPath + "?id=" + url.QueryEscape(found.id)
	first := p.expected(r, found.asked.LoginHint)
	for _, person := range p.options.Directory.People() {
		shown := choice{Person: person, Role: strings.Join(person.Roles, ", "), Initials: initials(person.Name), First: person.ID == first}
		if person.Main {
			m.People = append(m.People, shown)
		} else {
			m.More = append(m.More, shown)
		}
	}
	p.render(w, http.StatusOK, m)
}

// expected is the person that the hint names, else the browser's, else the first.
func (p *Provider) expected(r *http.Request, hint string) string {
	people := p.options.Directory.People()
	if hint != "" {
		for _, person := range people {
			if hint == LoginHint(person) || strings.EqualFold(hint, person.Address) {
				return person.ID
			}
		}
	}
	if _, person, ok := p.current(r.Context()); ok {
		return person.ID
	}
	if len(people) > 0 {
		return people[0].ID
	}
	return ""
}

// choosePerson takes the form: "person" is an id, or "cancel" was pressed.
func (p *Provider) choosePerson(w http.ResponseWriter, r *http.Request) {
	found := p.waiting(r.FormValue("id"))
	person, known := p.options.Directory.Person(r.PostFormValue("person"))
	cancelled := r.PostFormValue("cancel") != ""
	if found != nil && !known && !cancelled {
		http.Error(w, "nobody is called that", http.StatusBadRequest)
		return
	}
	if found == nil || !p.settle(found) {
		p.showEnded(w)
		return
	}
	if cancelled {
		p.sendBack(w, r, &found.asked, Cancelled)
		return
	}
	journal.Person(r.Context(), person.ID)
	in := p.signIn(w, r, person)
	if person.ConsentRefused && found.wantsWrite() {
		p.sendBack(w, r, &found.asked, NeedsAdmin)
		return
	}
	p.sendCode(w, r, found, person, in)
}

func (p *Provider) showEnded(w http.ResponseWriter) {
	p.render(w, http.StatusBadRequest, p.model("This sign-in has ended", "Go back to Switchboard and start again."))
}

func (p *Provider) showSignedOut(w http.ResponseWriter, _ *http.Request) {
	p.render(w, http.StatusOK, p.model("You are signed out", "Nobody is signed in to the Contoso demo tenant in this browser."))
}

func (p *Provider) model(title, sentence string) model {
	return model{Host: p.options.Issuer.Host, Style: p.options.Issuer.Path + stylePath, Title: title, Sentence: sentence}
}

func (p *Provider) render(w http.ResponseWriter, status int, m model) {
	var body bytes.Buffer
	if err := page.Execute(&body, m); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' "+
		strings.Join(p.options.Client.origins(), " ")+"; frame-ancestors 'none'; base-uri 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a browser that has gone is no concern of the page
}

func serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(style)
}

func initials(name string) string {
	var letters strings.Builder
	for word := range strings.FieldsSeq(name) {
		letters.WriteRune([]rune(word)[0])
	}
	return letters.String()
}
