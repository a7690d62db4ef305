// Package directory holds the people of the demo tenant: who they are, which app roles they hold, what they have
// consented to, and what Intune lets them do. Nobody in it exists.
package directory

import (
	"fmt"
	"slices"
	"sync"
)

// Intune says what Intune's own role-based access lets a person do with Exchange connectors.
type Intune int

// What Intune may allow, from least to most.
const (
	NoAccess Intune = iota
	Reads
	Updates
)

// Person is one account of the tenant.
type Person struct {
	// ID is short and stable, for instance "maya"; the sign-in page posts it.
	ID string
	// ObjectID is the oid claim, a GUID.
	ObjectID string
	// Name and Address are the name and preferred_username claims.
	Name, Address string
	// Roles are the values of the roles claim; with none the claim is absent.
	Roles []string
	// Intune is what Graph lets the person do, whatever Switchboard thinks.
	Intune Intune
	// ConsentRefused says that nobody has consented to this person's write scope.
	ConsentRefused bool
	// Title and About are what the sign-in page says of the person.
	Title, About string
	// Main puts the person on the sign-in page's first card.
	Main bool
}

// People is everybody that a tenant starts with unless told otherwise.
func People() []Person {
	return []Person{
		{
			ID: "maya", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000001", Name: "Maya Lindqvist", Address: "maya.lindqvist@contoso.com",
			Roles: []string{"Connector.Admin"}, Intune: Updates, Title: "Admin", Main: true,
			About: "Edits connectors, asks for a sync and reads the audit log.",
		},
		{
			ID: "tom", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000002", Name: "Tom Okafor", Address: "tom.okafor@contoso.com",
			Roles: []string{"Connector.Helpdesk"}, Intune: Reads, Title: "Helpdesk", Main: true,
			About: "Looks connectors up and explains what is wrong.",
		},
		{
			ID: "ruth", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000003", Name: "Ruth Brandt", Address: "ruth.brandt@contoso.com",
			Roles: []string{"Connector.Auditor"}, Intune: Reads, Title: "Auditor", Main: true,
			About: "Reads everything, verifies the audit log and exports evidence.",
		},
		{
			ID: "priya", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000004", Name: "Priya Raman", Address: "priya.raman@contoso.com",
			Roles: []string{"Connector.Admin"}, Intune: Updates, Title: "a second admin",
		},
		{
			ID: "deniz", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000005", Name: "Deniz Aydın", Address: "deniz.aydin@contoso.com",
			Intune: NoAccess, Title: "no role",
		},
		{
			ID: "lena", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000006", Name: "Lena Novak", Address: "lena.novak@contoso.com",
			Roles: []string{"Connector.Admin"}, Intune: Updates, ConsentRefused: true, Title: "consent refused",
		},
		{
			ID: "omar", ObjectID: "a1b2c3d4-0000-4a4a-8b8b-000000000007", Name: "Omar Haddad", Address: "omar.haddad@contoso.com",
			Roles: []string{"Connector.Admin"}, Intune: Reads, Title: "admin without the Intune permission",
		},
	}
}

// Directory is the tenant's people as they are now. It is safe for concurrent use.
type Directory struct {
	mu     sync.Mutex
	people []Person
}

// New makes a directory of these people.
func New(people []Person) (*Directory, error) {
	seen := map[string]bool{}
	for _, person := range people {
		if person.ID == "" || person.ObjectID == "" || person.Name == "" {
			return nil, fmt.Errorf("person %q: id, object id and name are needed", person.ID)
		}
		if seen[person.ID] {
			return nil, fmt.Errorf("person %q: there are two", person.ID)
		}
		seen[person.ID] = true
	}
	return &Directory{people: slices.Clone(people)}, nil
}

// People is everybody, in the order given.
func (d *Directory) People() []Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.people)
}

// Person looks one up by id.
func (d *Directory) Person(id string) (Person, bool) {
	return d.Find(func(p Person) bool { return p.ID == id })
}

// Find looks up the first person that fits.
func (d *Directory) Find(fits func(Person) bool) (Person, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.people, fits)
	if i < 0 {
		return Person{}, false
	}
	return d.people[i], true
}

// Change alters a person, as an administrator of the tenant does: the next token and the next call see it.
func (d *Directory) Change(id string, alter func(*Person)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.people {
		if d.people[i].ID == id {
			alter(&d.people[i])
			return nil
		}
	}
	return fmt.Errorf("nobody is called %q", id)
}
