package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/mxschmitt/playwright-go"
	"golang.org/x/sync/errgroup"

	"switchboard/journeys/chromium"
	"switchboard/journeys/gallery"
)

// look is one way to look at a page.
type look struct {
	name          string
	width, height int
	scheme        *playwright.ColorScheme
	media         *playwright.Media
	colours       *playwright.ForcedColors
}

var looks = []look{
	{"light", 1280, 800, playwright.ColorSchemeLight, playwright.MediaScreen, playwright.ForcedColorsNone},
	{"dark", 1280, 800, playwright.ColorSchemeDark, playwright.MediaScreen, playwright.ForcedColorsNone},
	{"phone", 390, 844, playwright.ColorSchemeLight, playwright.MediaScreen, playwright.ForcedColorsNone},
	{"contrast", 1280, 800, playwright.ColorSchemeDark, playwright.MediaScreen, playwright.ForcedColorsActive}, // colours that the system forces
	{"print", 700, 1000, playwright.ColorSchemeLight, playwright.MediaPrint, playwright.ForcedColorsNone},      // A4 less its margins
}

// noon is when all pictures are taken: some minutes after what the gallery shows. A page's clock stands from a minute later on: it cannot be set back.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// take fills the folder with NAME-LOOK.png, in place of the pictures that were there.
func take(folder string) error {
	if err := errors.Join(os.MkdirAll(folder, 0o755), removeOld(folder)); err != nil {
		return err
	}
	drawn, err := os.MkdirTemp("", "switchboard-gallery-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(drawn)
	names, pages, err := gallery.Draw(drawn)
	if err != nil {
		return err
	}
	server := httptest.NewServer(pages)
	defer server.Close()
	browser, err := chromium.Open()
	if err != nil {
		return err
	}
	defer browser.Close()
	var group errgroup.Group
	for _, look := range looks {
		group.Go(func() error { return look.takeAll(browser, server.URL, names, folder) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	fmt.Printf("%d pages in %d looks are in %s\n", len(names), len(looks), folder)
	return nil
}

func removeOld(folder string) error {
	for _, look := range looks {
		files, err := filepath.Glob(filepath.Join(folder, "*-"+look.name+".png"))
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l look) takeAll(browser *chromium.Browser, site string, names []string, folder string) error {
	page, err := browser.NewPage(playwright.BrowserNewPageOptions{
		BaseURL: &site, Viewport: &playwright.Size{Width: l.width, Height: l.height}, ColorScheme: l.scheme,
		ReducedMotion: playwright.ReducedMotionReduce, Locale: playwright.String("en-GB"), TimezoneId: playwright.String("UTC"),
	})
	if err != nil {
		return err
	}
	defer page.Close()
	if err := errors.Join(
		page.Clock().Install(playwright.ClockInstallOptions{Time: noon}), page.Clock().PauseAt(noon.Add(time.Minute)),
		page.EmulateMedia(playwright.PageEmulateMediaOptions{Media: l.media, ForcedColors: l.colours}),
	); err != nil {
		return err
	}
	if err := fetchFonts(page, "/"+names[0]+".html"); err != nil {
		return err
	}
	for _, name := range names {
		if err := shoot(page, "/"+name+".html", filepath.Join(folder, name+"-"+l.name+".png")); err != nil {
			return fmt.Errorf("%s, %s: %w", name, l.name, err)
		}
	}
	return nil
}

// fetchFonts has the browser have all fonts: a page does without one that is not there at once, so that pictures of it would differ.
func fetchFonts(page playwright.Page, address string) error {
	if _, err := page.Goto(address); err != nil {
		return err
	}
	_, err := page.Evaluate("() => Promise.all([...document.fonts].map((font) => font.load())).then(() => true)")
	return err
}

func shoot(page playwright.Page, address, file string) error {
	if _, err := page.Goto(address); err != nil {
		return err
	}
	if _, err := page.Evaluate("() => document.fonts.ready.then(() => true)"); err != nil {
		return err
	}
	// Chromium may not have painted all of a long page when the first picture is taken.
	var before []byte
	for range tries {
		picture, err := page.Screenshot(playwright.PageScreenshotOptions{FullPage: playwright.Bool(true), Animations: playwright.ScreenshotAnimationsDisabled})
		if err != nil {
			return err
		}
		if bytes.Equal(picture, before) {
			return os.WriteFile(file, picture, 0o644)
		}
		before = picture
	}
	return errors.New("no two pictures of it are the same")
}

// tries is how many pictures of a page are taken until two are the same.
const tries = 10
