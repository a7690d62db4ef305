package connectors

import (
	"context"
	"html"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/markdown"
	"switchboard/views/changes"
	"switchboard/views/components"
	"switchboard/views/gates"
	"switchboard/views/links"
)

// Caller is what somebody who answers a call has to know beside the values.
type Caller struct {
	Since Since
	// Page is the whole address of the connector's page, for a ticket.
	Page string
	// Steps are what this reader does about a connector of this health; HasHouse says that the organization has a runbook of its own.
	Steps    []markdown.Node
	HasHouse bool
	// Request is how to ask Graph for the connector from a shell.
	Request Request
}

// Since is what is known of when a connector came to be as it is.
type Since struct {
	// Before is when it was last known to be otherwise, From when it was as it is at the latest. Either is zero where nobody knows.
	Before, From time.Time
	// Counted says that From follows from the last sync; Who made it so by a change, empty for nobody. Else reads have shown it, and
	// nobody looked in between.
	Counted bool
	Who     string
}

// part is a stretch of an answer: words, or a time.
type part struct {
	words string
	at    time.Time
}

func words(text string) part    { return part{words: text} }
func moment(at time.Time) part  { return part{at: at} }
func saying(text string) []part { return []part{words(text)} }
func (p part) isMoment() bool   { return !p.at.IsZero() }
func stamp(at time.Time) string { return at.UTC().Format("2 Jan 2006, 15:04 UTC") }

// said draws an answer: its words, and its times as times. It is written here because templ puts blanks between its nodes.
func said(parts []part, m Card) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, one := range parts {
			if one.isMoment() {
				if err := components.Moment(one.at, m.Now).Render(ctx, w); err != nil {
					return err
				}
			} else if _, err := io.WriteString(w, html.EscapeString(one.words)); err != nil {
				return err
			}
		}
		return nil
	})
}

// plain is an answer as a text for a ticket, where no page says which year it is.
func plain(parts []part) string {
	var said strings.Builder
	for _, one := range parts {
		if one.isMoment() {
			said.WriteString(stamp(one.at))
		} else {
			said.WriteString(one.words)
		}
	}
	return said.String()
}

// answer is what stands below a question: whole sentences, the first says most.
type answer [][]part

// parts are all of the sentences, one after the other.
func (a answer) parts() (all []part) {
	for i, sentence := range a {
		if i > 0 {
			all = append(all, words(" "))
		}
		all = append(all, sentence...)
	}
	return all
}

// within is the answer as a text for a ticket: the first sentences that there is room for, or the beginning of the first.
func (a answer) within(most int) string {
	for count := len(a); count > 1; count-- {
		if text := plain(a[:count].parts()); utf8.RuneCountInString(text) <= most {
			return text
		}
	}
	return bounded(plain(a[0]), most)
}

// since says since when it is so and until when it was well.
func (m Card) since() answer {
	s := m.Caller.Since
	switch {
	case m.Health == connector.Retired:
		return answer{{words("Retired on "), moment(s.From), words(".")}, m.lastSynced()}
	case s.Counted:
		return answer{{words("Well until "), moment(s.Before), words(", its last sync.")}, {words(m.Health.Label() + " since "), moment(s.From), words(".")}}
	case s.Who != "":
		return answer{{words("Since "), moment(s.From), words(", by " + components.Shown(s.Who) + ".")}}
	case m.Health == connector.Healthy && s.From.IsZero():
		return answer{saying("The audit log tells of no time when it was otherwise.")}
	case s.From.IsZero() && s.Before.IsZero():
		return answer{saying("Not known: nobody has looked before.")}
	case s.Before.IsZero():
		return answer{{words("First seen so on "), moment(s.From), words(".")}, saying("Nobody looked before.")}
	case s.From.IsZero():
		return answer{{words("Well until "), moment(s.Before), words(" at least.")}, saying("Nobody has looked in between.")}
	}
	return answer{{words(m.otherwise()), moment(s.Before), words(" at least, first seen so on "), moment(s.From), words(".")}, saying("Nobody looked in between.")}
}

// lastSynced says when a retired connector last synced.
func (m Card) lastSynced() []part {
	said, _ := m.Connector.SyncSaid()
	switch {
	case said == connector.SyncUnreadable:
		return saying("Whether it has synced is not known.")
	case m.Caller.Since.Before.IsZero():
		return saying("It has never synced.")
	}
	return []part{words("It last synced on "), moment(m.Caller.Since.Before), words(".")}
}

func (m Card) otherwise() string {
	if m.Health == connector.Broken {
		return "Well until "
	}
	return "Otherwise until "
}

// Underway is something that is being done about a connector.
type Underway struct {
	Icon string
	said []part
	// Href leads to it, Ticket is the address of its ticket; empty for none.
	Href, Ticket string
}

// said is who is on it since when, and in which words.
func (m Claim) said() []part {
	said := []part{words(somebody(m.Who) + " is on it since "), moment(m.At)}
	if m.Sentence != "" {
		return append(said, words(": "+bounded(strings.Join(strings.Fields(m.Sentence), " "), longestDoing)))
	}
	return append(said, words("."))
}

// longestDoing is how much of a claim's sentence the card has: the other answers need their room. All of it stands beside.
const longestDoing = 100

// underway is what is being done. Who is on it comes first, then the most urgent.
func (m Card) underway() (all []Underway) {
	if claim := m.Desk.Claim; claim != nil {
		all = append(all, Underway{Icon: "user-check", Ticket: claim.Ticket, said: claim.said()})
	}
	if r := m.Receipt; r != nil && r.Open() {
		all = append(all, Underway{
			Icon: "help-hexagon", Href: links.ChangeURL(r.Change),
			said: []part{words(somebody(r.Who) + " " + r.Verb() + " on "), moment(r.At), words("; it is not known yet whether Graph took it.")},
		})
	}
	if p := m.Progress; p != nil && !p.Done && !p.Unseen {
		all = append(all, Underway{
			Icon: "refresh", Href: links.ChangeURL(p.Change),
			said: []part{words(somebody(p.Who) + " asked for " + changes.SyncWord(p.SyncType) + " on "), moment(p.Asked), words(".")},
		})
	}
	return all
}

// somebody is a person by name, also to themselves: a ticket is read by others.
func somebody(who string) string {
	if who == "" {
		return "Somebody"
	}
	return components.Shown(who)
}

// ask says who knows more: who changed the connector last, else those who may.
func (m Card) ask() answer {
	holders := components.SentenceList(m.Gates.EditClaims)
	if holders == "" {
		holders = "the role " + gates.Holders(access.Edit)
	}
	others := saying("Else anybody with " + holders + ".")
	if claim := m.Desk.Claim; claim != nil && !claim.You {
		return answer{saying(somebody(claim.Who) + ", who is on it."), others}
	}
	for _, event := range m.History {
		if done := event.Outcome == "applied" || event.Outcome == "applied_observed"; done && (event.Action == "edit" || event.Action == "revert") && !event.You {
			return answer{{words(components.Shown(event.Who) + ", who changed it last, on "), moment(event.At), words(".")}, others}
		}
	}
	if m.mayEdit() {
		return answer{saying("Nobody else has changed it here."), saying("You may act yourself.")}
	}
	return answer{saying("Anybody with " + holders + "."), saying("Nobody has changed it here.")}
}

// unproven says that the connector's health goes by a last sync that is no date, or that lies ahead: the word is what it is by the
// rules, but nobody knows whether it is true of the connector.
func (m Card) unproven() bool {
	said, at := m.Connector.SyncSaid()
	switch m.Health {
	case connector.Healthy:
		return connector.Ahead(at, m.Now)
	case connector.Pending:
		return said == connector.SyncUnreadable && m.Connector.Value(connector.Status).Text() != connector.StatusPending
	}
	return false
}

// tell is what to tell a caller whose mail does not come.
func (m Card) tell() string {
	switch unproven := m.unproven(); {
	case unproven && m.Health == connector.Healthy:
		return "It is not known whether this connector works. Promise nothing, and ask."
	case unproven:
		return "It is not known whether this connection is in use. Promise nothing, and ask."
	}
	switch m.Health {
	case connector.Broken:
		return "Devices that have access to mail keep it. A device that is new, or was put right, waits until this connector syncs again."
	case connector.Late:
		return "A device that is new, or was put right, may wait longer than usual for access to mail. Others are not affected."
	case connector.Pending:
		return "This connection is not in use yet. It decides nothing about your mail."
	case connector.Healthy:
		return "This connector works: it is not why mail fails on a device."
	case connector.Retired:
		return "This connector was retired and decides no longer who gets mail on a device. The cause is somewhere else."
	}
	return "It is not known how this connector is. Promise nothing, and ask."
}

// what says what the type of a connector means.
func what(c connector.Connector) string {
	switch c.Value(connector.Type).Text() {
	case "onPremises":
		return "an agent on a server of yours, for Exchange there"
	case "hosted":
		return "an agent for Exchange that Microsoft hosts"
	case "dedicated":
		return "an agent for Exchange Online Dedicated"
	case "serviceToService":
		return "Intune reaches Exchange Online by itself"
	}
	return ""
}
