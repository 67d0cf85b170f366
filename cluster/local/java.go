package local

// This file finds a Java that the Spark at hand runs on.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// javaVersion finds the major version in what java -version says; 8 is written 1.8.
var javaVersion = regexp.MustCompile(`version "(?:1\.)?(\d+)`)

// findJava takes JAVA_HOME's, the PATH's, or one where Debian and its like put them.
func findJava(ctx context.Context, sparkVersion string) (string, error) {
	least := 17
	if sparkVersion < "4" {
		least = 8
	}
	var tried []string
	for _, path := range javas() {
		out, err := exec.CommandContext(ctx, path, "-version").CombinedOutput()
		if err != nil {
			continue
		}
		m := javaVersion.FindSubmatch(out)
		if m == nil {
			continue
		}
		major, _ := strconv.Atoi(string(m[1]))
		if major >= least && major <= 21 {
			return filepath.EvalSymlinks(path) // JAVA_HOME is derived from it
		}
		tried = append(tried, fmt.Sprintf("%s is Java %d", path, major))
	}
	const advice = "set JAVA_HOME, or install one (Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
	if len(tried) > 0 {
		return "", fmt.Errorf("the cluster's Spark %s needs Java 17 or 21 (%v): %s", sparkVersion, tried, advice)
	}
	return "", fmt.Errorf("no Java here, and Spark needs Java 17: %s", advice)
}

func javas() []string {
	var paths []string
	if home := os.Getenv("JAVA_HOME"); home != "" {
		paths = append(paths, filepath.Join(home, "bin", "java"))
	}
	if path, err := exec.LookPath("java"); err == nil {
		paths = append(paths, path)
	}
	more, _ := filepath.Glob("/usr/lib/jvm/*/bin/java")
	return append(paths, more...)
}
