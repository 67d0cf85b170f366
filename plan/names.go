package plan

import "strings"

// QuoteIfNeeded back-quotes an identifier unless it is a plain one, as Spark's
// messages do.
func QuoteIfNeeded(name string) string {
	plain := name != ""
	digits := true
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
			digits = false
		case r >= '0' && r <= '9':
		default:
			plain = false
		}
	}
	if plain && !digits {
		return name
	}
	return Quote(name)
}

// Quote back-quotes an identifier.
func Quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// QuoteParts joins a multi-part name, every part back-quoted: `a`.`b`.
func QuoteParts(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = Quote(p)
	}
	return strings.Join(quoted, ".")
}
