package local

// This file finds Spark, or installs it: the pyspark package in a Python environment of our own.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"shoal/cluster"
)

// sparkPackages are what is installed where no SPARK_HOME serves: the version whose answers Shoal's
// are checked against.
var sparkPackages = []string{"pyspark[connect]==4.1.4"}

// distribution is a Spark.
type distribution struct {
	Home    string `json:"home"`
	Version string `json:"version"`
	Python  string `json:"python,omitempty"` // for Python functions; "": python3 of the PATH
	Lasting bool   `json:"lasting"`          // it has Hive's jars, with which tables outlive its process
}

// findSpark takes home, if it serves, or what stands in dir, which it first installs.
func findSpark(ctx context.Context, home, dir string, say cluster.Progress) (distribution, error) {
	if home != "" {
		d, err := inspect(home)
		if err == nil {
			return d, nil
		}
		say(fmt.Sprintf("SPARK_HOME does not serve: %v", err))
	}
	venv := filepath.Join(dir, "venv")
	if err := install(ctx, venv, say); err != nil {
		return distribution{}, err
	}
	homes, _ := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", "pyspark"))
	if len(homes) == 0 {
		return distribution{}, fmt.Errorf("%s has no pyspark in it: remove it, and it is made again", venv)
	}
	return inspect(homes[0])
}

// coreJar tells the version of Spark.
var coreJar = regexp.MustCompile(`^spark-core_2\.\d+-(\d+)\.(\d+)(.*)\.jar$`)

// inspect tells whether a folder has a Spark that serves.
func inspect(home string) (d distribution, err error) {
	if home, err = filepath.Abs(home); err != nil {
		return d, err
	}
	jars, err := os.ReadDir(filepath.Join(home, "jars"))
	if err != nil {
		return d, fmt.Errorf("%s is no Spark: %w", home, err)
	}
	connect := false
	for _, jar := range jars {
		if m := coreJar.FindStringSubmatch(jar.Name()); m != nil {
			d.Version = m[1] + "." + m[2] + m[3]
			if m[1] < "3" || m[1] == "3" && m[2] < "5" {
				return d, fmt.Errorf("%s is Spark %s, and 3.5 is the oldest that serves", home, d.Version)
			}
		}
		connect = connect || strings.HasPrefix(jar.Name(), "spark-connect_")
		d.Lasting = d.Lasting || strings.HasPrefix(jar.Name(), "spark-hive_")
	}
	switch {
	case d.Version == "":
		return d, fmt.Errorf("%s is no Spark: it has no spark-core jar", home)
	case !connect:
		return d, fmt.Errorf("%s (Spark %s) has no spark-connect jar among its jars; put it there, or use Spark 4", home, d.Version)
	}
	d.Home, d.Python = home, os.Getenv("PYSPARK_PYTHON")
	if d.Python == "" { // .../lib/python3.x/site-packages/pyspark has its Python in .../bin
		python := filepath.Join(home, "..", "..", "..", "..", "bin", "python")
		if _, err := os.Stat(python); err == nil && filepath.Base(filepath.Dir(home)) == "site-packages" {
			d.Python = python
		}
	}
	return d, nil
}

// install makes the Python environment, if it is not there in full.
func install(ctx context.Context, venv string, say cluster.Progress) error {
	want := strings.Join(sparkPackages, "\n")
	mark := filepath.Join(venv, "shoal-packages") // written last: marks it as complete
	if have, err := os.ReadFile(mark); err == nil && string(have) == want {
		return nil
	}
	if err := os.RemoveAll(venv); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(venv), 0o700); err != nil {
		return err
	}
	say("installing Spark (" + strings.Join(sparkPackages, " ") + ", about 500 MB) in " + venv)
	err := tell(ctx, say, "python3", "-m", "venv", venv)
	if err != nil {
		err = fmt.Errorf("to install Spark takes Python 3.10 or later with venv (Debian and Ubuntu: apt-get install python3-venv), or set SPARK_HOME: %w", err)
	} else {
		pip := append([]string{"install", "--disable-pip-version-check", "--progress-bar", "off"}, sparkPackages...)
		err = tell(ctx, say, filepath.Join(venv, "bin", "pip"), pip...)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(venv))
	}
	return os.WriteFile(mark, []byte(want), 0o600)
}

// tell runs a command, passes on what it says of its progress, and fails with its last words.
func tell(ctx context.Context, say cluster.Progress, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	last := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line != "" {
			last = line
		}
		for _, begin := range []string{"Collecting ", "Downloading ", "Using cached ", "Building ", "Installing ", "Successfully "} {
			if strings.HasPrefix(line, begin) {
				say("  " + line)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(name), err, last)
	}
	return nil
}
