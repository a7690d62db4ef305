// Package site is the plan of the house: it builds every room in reading order, hands each what it needs, and runs them. Nothing
// else builds a room of the product; the tests of handlers build theirs here, too.
package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
	_ "time/tzdata" // the zones that people choose, where the machine has no list of them

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"switchboard/graphclient"
	"switchboard/handlers"
	"switchboard/internal/config"
	"switchboard/internal/database"
	"switchboard/static"
)

// databaseWithin is how long a database may say nothing: with what a page does beside, it then answers in 5 s.
const databaseWithin = 3 * time.Second

// Options are what a site takes beside its configuration. All but Log may be left out.
type Options struct {
	Version string
	// Out is where the lines of the audit log go, if the configuration streams them to the standard output.
	Out io.Writer
	Log *slog.Logger

	// Now and NewID are the site's time and its ids: the clock's, and random ones.
	Now   func() time.Time
	NewID func() string
	// Provider is the way to the identity provider, and Graph changes the way to Graph; both are the network otherwise.
	Provider http.RoundTripper
	Graph    func(*graphclient.Options)
	Limits   handlers.Limits // of clients that nobody is signed in at; handlers.DefaultLimits
	Waits    Waits
	// Files are the built style sheets and scripts; Build opens them, and without them pages have none.
	Files *static.Files
	// TenantName is shown below the product's name; Build gives the demo one.
	TenantName string
}

// Waits are how long a page waits for what hangs; each room has its own wait where one is 0.
type Waits struct {
	Look    time.Duration // for a look at a change in doubt
	Read    time.Duration // for Graph, by somebody who has read before
	Part    time.Duration // for a long list, before it is shown as far as it was read
	Compare time.Duration // until what was read is compared with what was seen before
	Beat    time.Duration // until a stream that has nothing to tell says that it is there
}

func (o Options) complete() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	if o.Limits == (handlers.Limits{}) {
		o.Limits = handlers.DefaultLimits()
	}
	return o
}

// Site is everything that runs, in the order in which it was built.
type Site struct {
	Options
	listener net.Listener
	metrics  net.Listener // nil: off
	lock     *database.Lock
	tenant   *tenant // nil: a real one
	database *database.DB
	rooms    *Rooms
}

// Build takes the ports, opens the database, and plugs the rooms together. Nothing is served yet.
func Build(ctx context.Context, settings config.Config, o Options) (*Site, error) {
	s := &Site{Options: o}
	if err := s.assemble(ctx, settings); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Site) assemble(ctx context.Context, settings config.Config) (err error) {
	if s.listener, err = listen("listen", settings.Listen); err != nil {
		return err
	}
	if settings.Metrics.Listen != "" {
		if s.metrics, err = listen("metrics.listen", settings.Metrics.Listen); err != nil {
			return err
		}
	}
	if s.lock, err = database.Hold(settings.Database.URL); err != nil {
		return err
	}
	if settings.Demo {
		if s.tenant, err = startTenant(&settings, s.Log); err != nil {
			return err
		}
		s.TenantName = demoTenantName
	}
	if s.database, err = database.Open(ctx, settings.Database.URL); err != nil {
		return err
	}
	s.database.Under(s.lock)
	s.database.GiveUpAfter(databaseWithin)
	if s.Files, err = static.Open(); err != nil {
		return err
	}
	if s.rooms, err = NewRooms(ctx, settings, s.database, s.Options); err != nil {
		return err
	}
	if s.tenant != nil {
		if err = s.recallDemo(ctx); err != nil {
			return err
		}
	}
	s.rooms.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return nil
}

// listen takes a port; a port that is taken is named by its key.
func listen(key, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, notTaken(key, err)
	}
	return listener, nil
}

// notTaken says which key names the address that could not be listened on, and how to mend it.
func notTaken(key string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: %w: choose another port with %s, or stop what uses this one", key, err, key)
	}
	return fmt.Errorf("%s: %w: name an address of this machine with %s, and a port that this user may take", key, err, key)
}

// Close gives back what Build took, the last first.
func (s *Site) Close() error {
	var failures []error
	if s.rooms != nil {
		s.rooms.Close()
	}
	if s.database != nil {
		failures = append(failures, s.database.Close())
	}
	if s.lock != nil {
		failures = append(failures, s.lock.Close())
	}
	if s.tenant != nil {
		failures = append(failures, s.tenant.Close())
	}
	for _, listener := range []net.Listener{s.listener, s.metrics} {
		if listener == nil {
			continue
		}
		if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
