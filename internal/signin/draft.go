package signin

// SealDraft encrypts what somebody typed, bound to its owner, under the first session key.
func (s *Service) SealDraft(owner string, plain []byte) string {
	return s.seals.seal(sealDraft, owner, plain)
}

// OpenDraft is what SealDraft was given; the error is that no session key opens it for that owner.
func (s *Service) OpenDraft(owner, sealed string) ([]byte, error) {
	plain, _, err := s.seals.open(sealDraft, owner, sealed)
	return plain, err
}
