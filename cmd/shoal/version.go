package main

// This file is shoal version.

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"shoal/connect"
)

// version is set by the linker: see the Makefile.
var version = "dev"

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

func (c *versionCmd) Run() error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]string{
			"shoal": version, "spark": connect.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
		})
	}
	fmt.Printf("shoal %s (gives Spark %s's answers; %s %s/%s)\n", version, connect.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
