package plan

// Settings are the parts of a session's conf that change what a plan means.
type Settings struct {
	ANSI          bool   // spark.sql.ansi.enabled
	TimeZone      string // spark.sql.session.timeZone, an id time.LoadLocation knows or ±HH:MM
	CaseSensitive bool   // spark.sql.caseSensitive
	Conf          func(key string) (string, bool)
	// Set lists all that was set and may matter to an answer, in some order that is always the same; nil: nobody knows.
	Set func() []string
}

// Get reads any other conf value; ok is false when neither set nor known.
func (s Settings) Get(key string) (value string, ok bool) {
	if s.Conf == nil {
		return "", false
	}
	return s.Conf(key)
}
