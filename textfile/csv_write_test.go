package textfile

import "testing"

// Expected texts are what Spark 4.1.4 wrote.
func TestCSVValues(t *testing.T) {
	f := &CSVForm{Sep: ",", Quote: `"`, Escape: `\`, Empty: `""`, EscapeQuotes: true, TrimLeft: true, TrimRight: true}
	for text, want := range map[string]string{
		`x,"y`: `"x,\"y"`, "": `""`, " sp ": "sp", "a\nb": "\"a\nb\"", `back\slash`: `back\slash`, "single'quote": "single'quote",
		`q"q`: `"q\"q"`, "#c": "#c", "a\rb": "\"a\rb\"", `\"`: `"\\\""`, `end\`: `end\`, "\t": `""`, "NULL": "NULL",
	} {
		if got := string(f.Append(nil, text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
