#!/usr/bin/env bash
# Refuses what gets past templ's escaping or past the content security policy. templ guards text, href and action; it does
# not guard formaction, src, hx-*, a meta refresh, spread attributes, and whatever is declared safe or raw.
# `scripts/lint-templ.sh FILE...` looks at other files than the project's own.
set -uo pipefail

if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files -co --exclude-standard -- '*.templ'); fi
[ ${#files[@]} -gt 0 ] || exit 0
faults=0

refuse() { # PATTERN WHY
  local found
  found=$(grep -nHP "$1" "${files[@]}") || return
  printf '%s\n  %s\n' "$found" "$2" >&2
  faults=1
}

refuse 'templ\.(SafeURL|Raw|SafeCSS|SafeCSSProperty|JSUnsafeFuncCall|SafeScript)\b' 'declared safe: it is not escaped'
refuse '^\s*\{\s*(?!children\b)[\w.]+(\(.*\))?\.\.\.\s*\}|<[^>]*\{\s*(?!children\b)[\w.]+(\(.*\))?\.\.\.\s*\}' 'spread attributes: their names and values are not guarded'
refuse '^(script|css) \w+\(' 'script and css templates: the content security policy refuses inline code and styles'
refuse '<style\b|<script\b(?![^>]*\ssrc=)[^>]*>' 'inline code or styles: the content security policy refuses them'
refuse '[\s"]style\??=' 'a style attribute: the content security policy refuses it'
refuse '[\s"]on[a-z]+\??=' 'an inline handler: the content security policy refuses it'
refuse '[\s"](data-)?hx-on[:=-]|[\s"](data-)?hx-[\w:-]+=(["{]|\{\s*")\s*js(on)?:' 'htmx would have to evaluate it, which the content security policy refuses'
refuse 'http-equiv\s*=\s*["{]' 'a meta refresh goes where its text says; send the header Refresh'
# an address of ours begins with a constant "/" and a letter, since "//host" is another host
refuse '[\s"](src|srcset|formaction|(data-)?hx-[\w:-]+)\??=\{(?!\s*("/[a-z]|script\.URL\s*\}|([a-z]\w*\.)*\w*(Path|URL)\())' \
  'templ does not guard this attribute: begin it with a constant path, or make it with a function named ...Path or ...URL'
exit $faults
