// Command shoal is Spark Connect on one machine. This file picks the subcommand; each has a file
// of its own, and wire.go joins the rooms of the house.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	_ "time/tzdata" // zones also where the machine has none

	"github.com/alecthomas/kong"
)

type commandLine struct {
	Serve   serveCmd   `cmd:"" help:"Answer Spark Connect clients."`
	SQL     sqlCmd     `cmd:"" name:"sql" help:"Run one SQL statement and print its answer."`
	Top     topCmd     `cmd:"" help:"Show who runs what on a server, live."`
	Stop    stopCmd    `cmd:"" help:"Stop a query."`
	History historyCmd `cmd:"" help:"List the queries that have ended, and sum them up."`
	Plan    planCmd    `cmd:"" help:"Say which cluster answers fastest for the money."`
	Cluster clusterCmd `cmd:"" help:"Run a cluster of real Spark."`
	Version versionCmd `cmd:"" help:"Print the version."`

	Config configFlag `help:"Read flags from a JSON file: {\"listen\": \"127.0.0.1:15002\"}." env:"SHOAL_CONFIG" placeholder:"FILE"`
}

func main() {
	parser, err := newParser(&commandLine{}, dataDir())
	if err != nil {
		fmt.Fprintln(os.Stderr, "shoal:", err)
		os.Exit(2)
	}
	ctx, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "shoal: %v\n(see shoal --help)\n", err)
		os.Exit(2)
	}
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "shoal:", err)
		os.Exit(1)
	}
}

// newParser knows the flags, each also as an environment variable and as a key of a --config file.
func newParser(c *commandLine, data string, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append([]kong.Option{
		kong.Name("shoal"),
		kong.Description("Spark Connect that answers at once."),
		kong.DefaultEnvars("SHOAL"),
		kong.Vars{"data": data},
	}, more...)...)
}

// configFlag reads flags from a file. A key that is no flag is an error: it would be ignored, and
// a misspelled "token-file" must not be.
type configFlag string

func (c configFlag) BeforeResolve(k *kong.Kong, ctx *kong.Context, _ *kong.Path) error {
	path := kong.ExpandPath(string(ctx.FlagValue(flagNamed(ctx, "config")).(configFlag)))
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	keys := map[string]any{}
	if err := json.Unmarshal(text, &keys); err != nil {
		return fmt.Errorf("--config %s: %w", path, err)
	}
	for key := range keys {
		if !knownFlag(k.Model.Node, strings.ReplaceAll(key, "_", "-")) {
			return fmt.Errorf("--config %s: %q is no flag", path, key)
		}
	}
	resolver, err := kong.JSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("--config %s: %w", path, err)
	}
	ctx.AddResolver(resolver)
	return nil
}

// flagNamed finds a flag of the chosen command.
func flagNamed(ctx *kong.Context, name string) *kong.Flag {
	for _, f := range ctx.Flags() {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// knownFlag tells whether any command has a flag of that name.
func knownFlag(n *kong.Node, name string) bool {
	for _, f := range n.Flags {
		if f.Name == name {
			return true
		}
	}
	for _, child := range n.Children {
		if knownFlag(child, name) {
			return true
		}
	}
	return false
}
