package report

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// probe uses the page as a person would, and writes down what happened.
const probe = `<script>
const seen = { errors: window.errors, overflow: document.documentElement.scrollWidth - innerWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches };
const css = (e, p) => getComputedStyle(e)[p];
seen.background = css(document.body, "backgroundColor");
const chart = document.querySelector("#cdf-0");
chart.focus();
chart.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
seen.tip = document.getElementById("tip").hidden ? "" : document.getElementById("tip").textContent;
chart.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
seen.tipGone = document.getElementById("tip").hidden;
document.querySelector("[data-toggle]").click();
seen.off = document.querySelectorAll("[data-series].off").length;
const radios = document.querySelectorAll("input[name=v-pareto]");
radios[1].click();
seen.views = [...document.querySelectorAll("[data-views=v-pareto] [data-view]")].map(v => v.hidden);
seen.small = [...document.querySelectorAll("svg.chart")].filter(c => { const b = c.getBoundingClientRect(); return b.width > 0 && (b.width < 200 || b.height < 60); }).map(c => c.id);
seen.requests = performance.getEntriesByType("resource").map(r => r.name);
const out = document.createElement("pre");
out.id = "probe";
out.textContent = JSON.stringify(seen);
document.body.append(out);
</script>`

// The page in a real browser: nothing fails, nothing is fetched, nothing sticks out, and the
// keyboard and the legend work; wide and narrow, light and dark.
func TestBrowser(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			browser = found
			break
		}
	}
	if browser == "" {
		t.Skip("no chromium on this machine (Debian: apt-get install chromium)")
	}
	text, _ := pageOf(t, small, nil)
	text = strings.Replace(text, "<head>", "<head><script>window.errors = []; addEventListener('error', e => errors.push(e.message))</script>", 1)
	text = strings.Replace(text, "</body>", probe+"</body>", 1)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ width, scheme int }{{1200, 1}, {500, 0}} {
		dump := run(t, browser, file, c.width, c.scheme)
		found := regexp.MustCompile(`(?s)<pre id="probe">(.*?)</pre>`).FindStringSubmatch(dump)
		if found == nil {
			t.Fatalf("the page did not get to its end: %.300s", dump)
		}
		var seen struct {
			Errors, Small, Requests []string
			Overflow, Off           int
			Dark, TipGone           bool
			Background, Tip         string
			Views                   []bool
		}
		if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &seen); err != nil {
			t.Fatal(err)
		}
		if len(seen.Errors)+len(seen.Requests)+len(seen.Small) > 0 || seen.Overflow > 0 {
			t.Errorf("%d wide: %+v", c.width, seen)
		}
		if !strings.Contains(seen.Tip, "half within") || !seen.TipGone || seen.Off < 4 || len(seen.Views) != 3 || !seen.Views[0] || seen.Views[1] {
			t.Errorf("%d wide: %+v", c.width, seen)
		}
		if dark := seen.Background != "rgb(255, 255, 255)"; dark != (c.scheme == 0) || dark != seen.Dark {
			t.Errorf("scheme %d: the background is %s", c.scheme, seen.Background)
		}
	}
}

func run(t *testing.T, browser, file string, width, scheme int) string {
	ctx, stop := context.WithTimeout(t.Context(), 40*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		fmt.Sprintf("--window-size=%d,900", width), fmt.Sprintf("--blink-settings=preferredColorScheme=%d", scheme), "--dump-dom", "file://"+file)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", err, ctx.Err())
	}
	return string(out)
}
