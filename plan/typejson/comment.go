package typejson

import "encoding/json"

// Comment is a column's comment, kept in its metadata (a JSON object, "" for none).
func Comment(metadata string) (string, bool) {
	if metadata == "" {
		return "", false
	}
	var m struct {
		Comment *string `json:"comment"`
	}
	if json.Unmarshal([]byte(metadata), &m) != nil || m.Comment == nil {
		return "", false
	}
	return *m.Comment, true
}

// WithComment is metadata with a comment put in.
func WithComment(metadata, comment string) string {
	m := map[string]any{}
	if metadata != "" && json.Unmarshal([]byte(metadata), &m) != nil {
		m = map[string]any{}
	}
	m["comment"] = comment
	b, err := json.Marshal(m)
	if err != nil {
		return metadata
	}
	return string(b)
}
