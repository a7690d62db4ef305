package main

// headroom, in bytes, is memory that is reserved and never touched, so that it is not there. Go's garbage collector counts it all the
// same, and starts once about twice of all that is in use: beside so little as this program uses it would look through everything
// after every fifty pages, for a tenth of their time.
const headroom = 8 << 20
