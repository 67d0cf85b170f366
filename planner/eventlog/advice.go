package eventlog

import "strings"

// orderly says whether an executor went because it was told to, not because something broke.
func orderly(reason string) bool {
	reason = strings.ToLower(reason)
	for _, word := range []string{"killed by driver", "kill request", "idle", "decommission", "stopped", "shutdown"} {
		if strings.Contains(reason, word) {
			return true
		}
	}
	return false
}
