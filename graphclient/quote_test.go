package graphclient

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestQuotableHidesMachinesAndSecretsAndKeepsTheWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"User is not authorized to perform this operation":                                                        "",
		"Cannot convert the literal 'x' to the expected type 'Edm.DateTimeOffset'.":                               "",
		"One of the following scopes: DeviceManagementServiceConfig.ReadWrite.All, Group.Read.All":                "",
		"does not exist on type 'microsoft.graph.deviceManagementExchangeConnector'.":                             "",
		"with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp":                         "",
		"The token is expired. Key: serverName; e.g. at 10:22:33, version 15.20.7452.3":                           "",
		"Bearer authentication is required.":                                                                      "",
		"connector 5f0a3c1e-3c1e-5f0a-1e3c-0a5f1e3c0a5f of System.InvalidOperationException":                      "",
		"See https://fef.msub05.manage.microsoft.com/Example/x('1')?api-version=5 for it.":                        "See [address] for it.",
		"calling https%3A%2F%2Ffef.manage.microsoft.com%2Fa failed":                                               "calling [address] failed",
		`at \\fs01\share$ and https:\/\/a.b.c/d`:                                                                  "at [address] and [address]",
		"host fef.msub05.manage.microsoft.com:443, (10.4.0.7:8443) [2001:db8::1]:443, ::1 and localhost:5000":     "host [address], ([address]) [[address]]:443, [address] and [address]",
		"AMSUB.CORP.CONTOSO.COM, Server01.Contoso.Local. Node amsub05:8080":                                       "[address], [address]. Node [address]",
		"ask admin@mail.contoso.com or host=a.example/x":                                                          "ask admin@[address] or host=[address]",
		"used Bearer abc.def-123 and eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln!":                                        "used [secret] and [secret]!",
		"Authorization: Bearer abcdef password = hunter2; sig=AbC%2f":                                             "[secret] [secret]; [secret]",
		"“ex01.contoso.com” „ex02.contoso.de“ «ex03.contoso.fr» ‘10.4.0.7’ **ex04.contoso.com**":                  "“[address]” „[address]“ «[address]» ‘[address]’ **[address]**",
		"EX01.Contoso.De is down, .contoso.com, too":                                                              "[address] is down, .[address], too",
		"It is ::1. Or 10.0.0.1: no, .10.0.0.2":                                                                   "It is [address]. Or [address]: no, .[address]",
		"ex01.contoso.com:https, tcp:ex01.contoso.com:443.":                                                       "[address], [address].",
		"at fef.msub05.manage.microsoft.com/Service_2401/a('1')?api-version=5018, 10.0.0.1/x?y=z and localhost/x": "at [address], [address] and [address]",
		`see “ex01.contoso.com/a” or ex01.contoso.com\a`:                                                          "see “[address]” or [address]",
		"and/or/ex01.contoso.com/b Edm.String/x 1/2 User.Id System.IO":                                            "and/or/[address] Edm.String/x 1/2 User.Id System.IO",
		"the very-bearer was sent":                                                                                "the [secret] was sent",
		"blob " + strings.Repeat("Ab1_", 20):                                                                      "blob [secret]",
		"a\u202eb\u2066c\x00d\x1be\r\nf\tg <b>h</b>":                                                              "abc d e f g <b>h</b>",
	} {
		if want == "" {
			want = text
		}
		if got := quotable(text, "very-bearer"); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestALongMessageEndsAtAThousandCharacters: what is cut never lets half a secret or half an address through.
func TestALongMessageEndsAtAThousandCharacters(t *testing.T) {
	t.Parallel()
	for _, long := range []string{strings.Repeat("Å ", 600), strings.Repeat("x", 1<<20)} {
		if got := quotable(unwrap([]byte(wrap("X", long, 1))).text, ""); utf8.RuneCountInString(got) != 1000 || !strings.HasPrefix(long, got) {
			t.Errorf("%d characters", utf8.RuneCountInString(got))
		}
	}
	hostile := strings.Repeat("no ", 331) + "https://fef.manage.microsoft.com/ eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"
	for _, text := range []string{hostile, hostile + strings.Repeat(" x", 1<<19)} {
		got := quotable(unwrap([]byte(wrap("X", text, 2))).text, "")
		if utf8.RuneCountInString(got) > 1000 || strings.Contains(got, "fef") || strings.Contains(got, "eyJ") {
			t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
		}
	}
}

func FuzzQuotable(f *testing.F) {
	f.Add("See https://fef.example.com/x: eyJhbGciOiJub25lIn0.e30.c2ln", "token-1")
	f.Fuzz(func(t *testing.T, text, bearer string) {
		got := quotable(text, bearer)
		if utf8.RuneCountInString(got) > maxText || strings.Contains(got, "://") || strings.ContainsAny(got, "\r\n\x00\u202e") {
			t.Errorf("%q gives %q", text, got)
		}
	})
}

// TestACutRefusalIsReadAsFarAsItGoes: whose it is and why stands at its beginning, however it ends.
func TestACutRefusalIsReadAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	whole := wrap("Conflict", "No \"way\", \u00e5 - Operation ID (for customer support): 0", 2)
	for end := range len(whole) {
		got := unwrap([]byte(whole[:end]))
		if isEnvelope([]byte(whole[:end])) != (got.code != "") && end > 20 || got.text != "" && !strings.HasPrefix(`No "way", å - Operation ID`, strings.TrimSuffix(got.text, "\ufffd")) {
			t.Errorf("%s is read as %+v", whole[:end], got)
		}
	}
	for _, levels := range []int{0, 1, 3} {
		g := newGraph(t, says(400, wrap("X", "No. "+strings.Repeat("Really. ", 1<<18), levels)))
		c, _ := client(t, g.URL)
		if got := failure(t, patched(allOf(c, newPerson()))); got.Class != Refused || !strings.HasPrefix(got.Text, "No. Really.") || utf8.RuneCountInString(got.Text) > 1000 {
			t.Errorf("%d levels: %v with %.40q", levels, got, got.Text)
		}
	}
}
