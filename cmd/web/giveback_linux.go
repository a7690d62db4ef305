package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// forgetPages takes the program's file out of this process's memory, as the system does by itself where memory is short. Nobody writes
// to these pages, so that nothing is lost. Where the system tells nothing of them they stay.
func forgetPages() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(maps)) {
		if begin, end, ok := unwritten(line, program); ok {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, begin, end-begin, syscall.MADV_DONTNEED) // it is advice
		}
	}
}

// unwritten is where a line of /proc/self/maps says that a file is mapped which cannot be written to there.
func unwritten(line, file string) (begin, end uintptr, ok bool) {
	fields := strings.Fields(line) // 00400000-01500000 r-xp 00000000 fe:00 12345 /the/file
	if len(fields) < 6 || !strings.HasSuffix(strings.TrimSpace(line), " "+file) || !strings.HasPrefix(fields[1], "r-") {
		return 0, 0, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	first, err := strconv.ParseUint(from, 16, 64)
	if err != nil {
		return 0, 0, false
	}
	last, err := strconv.ParseUint(to, 16, 64)
	return uintptr(first), uintptr(last), err == nil && last > first
}
