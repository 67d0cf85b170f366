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
