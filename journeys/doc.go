// Package journeys tells stories of people who use Switchboard, each told by a real browser that clicks through the real
// program against the embedded tenant: one file a story. Its tests need Chromium and what npm ci installs.
package journeys
