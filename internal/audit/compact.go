package audit

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// compact is an RFC 6962 tree that keeps the roots of its complete subtrees only, the largest first: 64 hashes at most
// for any number of leaves.
type compact struct {
	size  uint64
	roots []tlog.Hash
}

// emptyRoot is the hash of a tree without leaves (RFC 6962, section 2.1).
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// push adds a leaf and joins the subtrees that it completes.
func (c *compact) push(leaf tlog.Hash) {
	for range bits.TrailingZeros64(^c.size) {
		last := len(c.roots) - 1
		leaf = tlog.NodeHash(c.roots[last], leaf)
		c.roots = c.roots[:last]
	}
	c.roots = append(c.roots, leaf)
	c.size++
}

// root is the tree's hash.
func (c *compact) root() tlog.Hash {
	if c.size == 0 {
		return emptyRoot
	}
	hash := c.roots[len(c.roots)-1]
	for i := len(c.roots) - 2; i >= 0; i-- {
		hash = tlog.NodeHash(c.roots[i], hash)
	}
	return hash
}
