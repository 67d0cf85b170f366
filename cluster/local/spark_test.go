package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sparkOf makes a folder that looks like a Spark with these jars.
func sparkOf(t *testing.T, jars ...string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "jars"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, jar := range jars {
		if err := os.WriteFile(filepath.Join(home, "jars", jar), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestInspect(t *testing.T) {
	for name, c := range map[string]struct {
		jars []string
		want string // the version, or part of the reason why it does not serve
		last bool
	}{
		"3.5":         {[]string{"spark-core_2.12-3.5.9.jar", "spark-connect_2.12-3.5.7.jar", "spark-hive_2.12-3.5.9.jar"}, "3.5.9", true},
		"4.1":         {[]string{"spark-core_2.13-4.1.4.jar", "spark-connect_2.13-4.1.4.jar"}, "4.1.4", false},
		"no Connect":  {[]string{"spark-core_2.12-3.5.9.jar", "spark-hive_2.12-3.5.9.jar"}, "(Spark 3.5.9) has no spark-connect jar", false},
		"too old":     {[]string{"spark-core_2.12-3.4.1.jar", "spark-connect_2.12-3.4.1.jar"}, "is Spark 3.4.1, and 3.5 is the oldest", false},
		"no Spark":    {[]string{"other.jar"}, "has no spark-core jar", false},
		"much older":  {[]string{"spark-core_2.11-2.4.8.jar"}, "is Spark 2.4.8", false},
		"only a name": {nil, "is no Spark", false},
	} {
		d, err := inspect(sparkOf(t, c.jars...))
		switch {
		case err == nil && (d.Version != c.want || d.Lasting != c.last):
			t.Errorf("%s: %+v", name, d)
		case err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := inspect(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "is no Spark") {
		t.Errorf("no folder: %v", err)
	}
}

// TestFindSpark: SPARK_HOME's Spark is taken where it serves; else it is said why not, and the installed one is.
func TestFindSpark(t *testing.T) {
	dir := t.TempDir()
	installed := filepath.Join(dir, "venv", "lib", "python3.11", "site-packages", "pyspark")
	if err := os.MkdirAll(filepath.Dir(installed), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(sparkOf(t, "spark-core_2.13-4.1.4.jar", "spark-connect_2.13-4.1.4.jar"), installed); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "venv", "shoal-packages"), []byte(strings.Join(sparkPackages, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	serves := sparkOf(t, "spark-core_2.12-3.5.9.jar", "spark-connect_2.12-3.5.7.jar")
	for home, want := range map[string]string{serves: serves, sparkOf(t, "spark-core_2.12-3.4.1.jar"): installed, "": installed} {
		var said []string
		d, err := findSpark(t.Context(), home, dir, func(line string) { said = append(said, line) })
		if err != nil || d.Home != want {
			t.Errorf("%q: %q, %v", home, d.Home, err)
		}
		if refused := home != "" && want != home; refused != (len(said) == 1 && strings.Contains(said[0], "SPARK_HOME does not serve: "+home+" is Spark 3.4.1")) {
			t.Errorf("%q: it was said %q", home, said)
		}
	}
}
