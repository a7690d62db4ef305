package desk

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/problem"
)

// Ticket is the field of a ticket's address.
const Ticket = "ticket"

// LongestTicket is how many characters a ticket's address may have.
const LongestTicket = 2000

const (
	required = true
	optional = false
)

// check refuses what was typed where nobody could read it, or where nothing was.
func check(form Form, wanted bool, ticket string) error {
	edit := connector.Edit{Reason: form.Text}
	var fields []problem.Field
	for _, found := range edit.FieldErrors() {
		fields = append(fields, problem.Field{Name: found.Field, Message: found.Message})
	}
	if wanted && edit.LacksReason() && len(fields) == 0 {
		fields = append(fields, problem.Field{Name: connector.Reason, Message: "Write a sentence: everybody who sees this connector reads it."})
	}
	if message := ticketError(ticket); message != "" {
		fields = append(fields, problem.Field{Name: Ticket, Message: message})
	}
	if len(fields) == 0 {
		return nil
	}
	return problem.New(problem.Invalid, "Some fields have to be corrected.").
		Saying("Nothing was recorded, and what you typed is kept.").At(fields...)
}

// ticketError is what is wrong with a ticket's address; empty for nothing. Its host is shown, so it has to be one that people
// read as it is.
func ticketError(ticket string) string {
	if ticket == "" {
		return ""
	}
	if connector.Characters(ticket) > LongestTicket {
		return "Use at most " + connector.Thousands(LongestTicket) + " characters. This has " + connector.Thousands(connector.Characters(ticket)) + "."
	}
	odd := func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || r == 0x7f || r == '\\' }
	address, err := url.Parse(ticket)
	switch {
	case err != nil || strings.ContainsFunc(ticket, odd):
		return "Enter the address as the browser copies it, without spaces, such as https://tickets.example.com/INC-48213."
	case !strings.EqualFold(address.Scheme, "https") || !isHost(address.Hostname()) || !isPort(address.Port()):
		return "Enter an address that begins with https://, such as https://tickets.example.com/INC-48213."
	case address.User != nil:
		return "Leave out the name and the password before the host."
	}
	return ""
}

// isHost says whether a browser can ask for it, and for no other: a name that has a letter or a digit in each of its labels, or an
// address. A browser takes a name that ends with a number for an IPv4 address, and short forms for others than they look like.
func isHost(host string) bool {
	name := strings.TrimSuffix(host, ".")
	if last := name[strings.LastIndexByte(name, '.')+1:]; strings.Contains(host, ":") || isNumber(last) {
		_, err := netip.ParseAddr(name)
		return err == nil
	}
	for label := range strings.SplitSeq(name, ".") {
		if !strings.ContainsFunc(label, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			return false
		}
	}
	return !strings.ContainsAny(name, "<>")
}

// isNumber says whether a browser takes a label for one: digits alone, or what begins like a hexadecimal number.
func isNumber(label string) bool {
	return label != "" && strings.Trim(label, "0123456789") == "" || strings.HasPrefix(strings.ToLower(label), "0x")
}

// isPort says whether it is one, or none.
func isPort(port string) bool {
	number, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && number > 0
}

func notAllowed() problem.Problem {
	return problem.New(problem.Forbidden, "Your role does not allow this.").Behind(problem.Role).Saying("Nothing was recorded.").
		Advising("It needs the role " + access.HolderNames(access.Propose) + ". Ask an administrator of Switchboard for it.")
}

func settled() problem.Problem {
	return problem.New(problem.Conflict, "This change is settled already.").Saying("Nothing was recorded.").
		Advising("Open the connector: its history says who settled it, and why.")
}

func broken(err error) problem.Problem {
	return problem.New(problem.Unavailable, "The audit log does not match its checkpoint, so nothing new is begun.").
		Saying("Nothing was recorded.").
		Advising("Tell the people who run Switchboard: somebody may have changed the log past it.").After(time.Minute).Because(err)
}

func unrecorded(err error) problem.Problem {
	return problem.New(problem.Unavailable, "The audit log cannot be written.").Saying("Nothing was recorded.").
		Advising("Try again in a minute. If it lasts, tell an administrator of Switchboard.").After(30 * time.Second).Because(err)
}

func unreadable(err error) problem.Problem {
	return problem.New(problem.Unavailable, "The audit log cannot be read.").Saying("Nothing was recorded.").
		Advising("Try again in a minute. If it lasts, tell an administrator of Switchboard.").After(30 * time.Second).Because(err)
}
