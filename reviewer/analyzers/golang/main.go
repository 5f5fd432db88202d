// Command gocheck type-checks both sides of a change, without building or running anything of it,
// and prints what it found as JSON. See input.go for what it reads and report.go for what it says.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

const (
	maxMemory = 3 << 30 // bytes; hostile types grow without end
	maxStack  = 256 << 20
)

func main() {
	debug.SetGCPercent(300)
	debug.SetMaxStack(maxStack)
	go watchMemory()
	request, err := readRequest(os.Stdin)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(review(request))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func watchMemory() {
	var stats runtime.MemStats
	for {
		time.Sleep(200 * time.Millisecond)
		runtime.ReadMemStats(&stats)
		if stats.Sys > maxMemory {
			fmt.Fprintln(os.Stderr, "it needs too much memory")
			os.Exit(2)
		}
	}
}
