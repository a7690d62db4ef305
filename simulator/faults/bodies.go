package faults

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// The kinds here apply the request and answer with a body that no client should believe, or should not read to its end.

const jsonKind = "application/json"

// GzipBomb answers with that many bytes of one JSON string, packed to a thousandth of it. It is packed before the first request
// comes, which is not to wait for that.
func GzipBomb(size int) Fault {
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	_, _ = io.Copy(packed, io.MultiReader(strings.NewReader(`{"id":"`), io.LimitReader(endless{}, int64(size)), strings.NewReader(`"}`)))
	_ = packed.Close() // a buffer takes all
	return Rewrite(func(answer *Recorded) {
		answer.Body.Reset()
		answer.Body.Write(bomb.Bytes())
		answer.Headers.Set("Content-Type", jsonKind)
		answer.Headers.Set("Content-Encoding", "gzip")
	})
}

// Deep answers with arrays within arrays.
func Deep(levels int) Fault {
	body := `{"value":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
	return Applied(http.StatusOK, jsonKind, body)
}

// UTF16 sends the true body in UTF-16 with a byte order mark, which JSON forbids.
func UTF16() Fault {
	return Rewrite(func(answer *Recorded) {
		units := utf16.Encode([]rune("\ufeff" + answer.Body.String()))
		answer.Body.Reset()
		_ = binary.Write(&answer.Body, binary.LittleEndian, units)
		answer.Headers.Set("Content-Type", jsonKind+";charset=utf-16")
	})
}

// Twice names a property twice in each object, the true value last.
func Twice(property string) Fault {
	return replaced(`"`+property+`":`, `"`+property+`":"somebody else","`+property+`":`)
}

// WrongType sends a number for the texts of a property.
func WrongType(property string) Fault {
	text := regexp.MustCompile(`"` + property + `":(?:"[^"]*"|null)`)
	return Rewrite(func(answer *Recorded) {
		answer.Body = *bytes.NewBuffer(text.ReplaceAll(answer.Body.Bytes(), []byte(`"`+property+`":7`)))
	})
}

// Cut sends half of the body as if it were the whole: valid HTTP, and no JSON.
func Cut() Fault {
	return Rewrite(func(answer *Recorded) { answer.Body.Truncate(answer.Body.Len() / 2) })
}

// NotUTF8 puts bytes into the texts of a property that are no UTF-8.
func NotUTF8(property string) Fault {
	return replaced(`"`+property+`":"`, `"`+property+`":"`+"\xff\xfe")
}

func replaced(old, new string) Fault {
	return Rewrite(func(answer *Recorded) {
		answer.Body = *bytes.NewBufferString(strings.ReplaceAll(answer.Body.String(), old, new))
	})
}

// NextLink has a page of the list lead to that address.
func NextLink(address string) Fault {
	return Rewrite(func(answer *Recorded) { lead(answer, address) })
}

// Endless has each page of the list lead to another one, for ever.
func Endless(address string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		number, _ := strconv.Atoi(r.URL.Query().Get("$skip")) // the first page has none
		first := r.Clone(r.Context())
		first.URL.RawQuery = ""
		Rewrite(func(answer *Recorded) { lead(answer, address+"?$skip="+strconv.Itoa(number+1)) })(w, first, next)
	}
}

func lead(answer *Recorded, address string) {
	body := strings.Replace(answer.Body.String(), "{", `{"@odata.nextLink":"`+address+`",`, 1)
	answer.Body = *bytes.NewBufferString(body)
}

// Hang answers as far as its headers and its first bytes, says so, and then nothing more until the caller gives up.
func Hang(first int, hangs func(*http.Request)) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := newAnswer()
		next.ServeHTTP(answer, r)
		copyHeader(w, answer.Headers)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:min(first, answer.Body.Len())])
		_ = http.NewResponseController(w).Flush() // a caller that has gone is no concern of ours
		if answer.Body.Len() == 0 {               // the answer is whole, and its connection used again
			return
		}
		hangs(r)
		<-r.Context().Done()
	}
}

// Silent never answers, and does not apply the request; it says when it has arrived.
func Silent(arrived func(*http.Request)) Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		arrived(r)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// Behind applies the request and lets the caller meet the fault.
func Behind(fault Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(newAnswer(), r)
		fault(w, r, next)
	}
}

// Garbage answers with bytes that are no HTTP, without applying the request.
func Garbage() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(conn, "220 mail.example ESMTP\r\n\r\n")
		_ = conn.Close()
	}
}

// Swap answers about one connector with the id of another that there may be: its last digit is one more. A list stays true.
func Swap() Fault {
	id := regexp.MustCompile(`"id":"[^"]*[0-8]"`)
	return Rewrite(func(answer *Recorded) {
		if bytes.Count(answer.Body.Bytes(), []byte(`"id":`)) > 1 {
			return
		}
		answer.Body = *bytes.NewBuffer(id.ReplaceAllFunc(answer.Body.Bytes(), func(member []byte) []byte {
			member[len(member)-2]++
			return member
		}))
	})
}

// Rename sends another value of a property in the place of one.
func Rename(property, old, new string) Fault {
	return replaced(`"`+property+`":"`+old+`"`, `"`+property+`":"`+new+`"`)
}
