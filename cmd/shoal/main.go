// Command shoal is Spark Connect on one machine. This file picks the subcommand; each has a file
// of its own, and wire.go joins the rooms of the house.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // zones also where the machine has none

	"github.com/alecthomas/kong"
)

var cli struct {
	Serve   serveCmd   `cmd:"" help:"Answer Spark Connect clients."`
	SQL     sqlCmd     `cmd:"" name:"sql" help:"Run one SQL statement and print its answer."`
	Version versionCmd `cmd:"" help:"Print the version."`

	Config kong.ConfigFlag `help:"Read flags from a JSON file: {\"listen\": \"127.0.0.1:15002\"}." env:"SHOAL_CONFIG" placeholder:"FILE"`
}

func main() {
	parser, err := kong.New(&cli,
		kong.Name("shoal"),
		kong.Description("Spark Connect that answers at once."),
		kong.DefaultEnvars("SHOAL"),
		kong.Configuration(kong.JSON),
		kong.Vars{"data": dataDir()},
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "shoal:", err)
		os.Exit(2)
	}
	ctx, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "shoal:", err)
		os.Exit(1)
	}
}
