package access

// Identity is who somebody is in one session, as the audit log has to know it.
type Identity interface {
	// Actor is who they are, with the roles of the last refresh.
	Actor() Actor
	// RolesSource says where the roles come from, for instance the claim's name.
	RolesSource() string
	// SessionHash names their session without being it.
	SessionHash() string
}
