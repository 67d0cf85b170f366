package java

import "testing"

// TestXMLRefused holds what Java reads otherwise, or not at all, away from answers; what Spark answers is in the corpus.
func TestXMLRefused(t *testing.T) {
	x, err := ParseXPath("a/b")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"<a>", "<a/><b/>", "x", "<a b='1' b='2'/>", "<a>&foo;</a>", "<a></b>", "<a/>x", "<x:a/>", "<a xmlns='u'/>",
		"<!DOCTYPE a><a/>", "<a><![CDATA[x]]></a>", "<a>&#65;</a>", " <?xml version='1.0'?><a/>", "<?go on?><a/>"} {
		if _, err := x.Text(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
	for _, path := range []string{"", "a[", "a/", "a//", "x:a", "a | b", "count(a) > 1", "name(a)", "..", "a[0]", "a[1.5]", "a[b=1]", "é", "sum(a"} {
		if _, err := ParseXPath(path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

// FuzzXPath reads any path and any text: an error or an answer.
func FuzzXPath(f *testing.F) {
	f.Add("//b[@k='1'][2]/text()", "<a><b k='1'>x</b></a>")
	f.Add("sum(a/*[last()])", "<a>1<!--c--><b/></a>")
	f.Fuzz(func(t *testing.T, path, text string) {
		x, err := ParseXPath(path)
		if err != nil || len(text) > 1000 {
			return
		}
		_, _ = x.Text(text)
		_, _ = x.Number(text)
		_ = x.List(text, func(string, bool) {})
	})
}
