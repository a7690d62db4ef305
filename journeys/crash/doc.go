// Package crash kills the program with SIGKILL at every point of a change and asks what the record, the pages and Graph say
// afterwards: no PATCH without its committed intent, one outcome an intent or a doubt that is shown, nothing sent twice.
//
// A run of go test strikes each point once on each database; CRASHES=20, as make crash has it, strikes it 20 times.
package crash
