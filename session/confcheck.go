package session

// This file checks a conf's value as Spark does when it is set.

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"shoal/fault"
)

// checkConf refuses a value that does not fit the key's kind in confs.tsv:
//
//	boolean | int | long | double        perhaps followed by " >=N"
//	bytes in UNIT | time in UNIT         a number with an optional suffix
//	one of A, B, C                       whatever the case
//	zone                                 a time zone
//	priority                             a whole number from -100 to 100
//	timeout                              a time from 1s to 24h
//	removed in VERSION                   only the default, which is what happens now
func checkConf(key, value string) error {
	known, ok := knownConfs()[key]
	if !ok {
		return nil
	}
	kind, limit, _ := strings.Cut(known.kind, " >=")
	text := strings.TrimSpace(value)
	switch {
	case kind == "timeout":
		_, err := parseTimeout(text)
		return err
	case kind == "priority":
		if n, err := strconv.Atoi(text); err != nil || n < -mostPriority || n > mostPriority {
			return fault.New("INVALID_CONF_VALUE.REQUIREMENT", "confName", key, "confValue", value,
				"confRequirement", fmt.Sprintf("It is a whole number from %d to %d; 0 is the default, higher ones start first.", -mostPriority, mostPriority))
		}
		return nil
	case kind == "zone":
		if normalZone(text) == "" {
			return fault.New("INVALID_CONF_VALUE.TIME_ZONE", "confName", key, "confValue", value)
		}
		return nil
	case strings.HasPrefix(kind, "one of "):
		options := strings.TrimPrefix(kind, "one of ")
		for o := range strings.SplitSeq(options, ", ") {
			if strings.EqualFold(o, text) {
				return nil
			}
		}
		return fault.New("INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS", "confName", key, "confValue", value, "confOptions", options)
	case strings.HasPrefix(kind, "removed in "):
		if value == known.value {
			return nil
		}
		return fault.New("_LEGACY_ERROR_TEMP_1226", "configName", key, "version", strings.TrimPrefix(kind, "removed in "), "comment", "")
	}
	number, ok := parseConf(kind, text)
	if !ok {
		return fault.New("INVALID_CONF_VALUE.TYPE_MISMATCH", "confName", key, "confValue", value, "confType", kind)
	}
	if least, err := strconv.ParseFloat(limit, 64); err == nil && number < least {
		return fault.New("INVALID_CONF_VALUE.REQUIREMENT", "confName", key, "confValue", value,
			"confRequirement", "The value of "+key+" must be at least "+limit+".")
	}
	return nil
}

// sized is a number with a unit: 64m, 10MB, 30s.
var sized = regexp.MustCompile(`^(-?[0-9]+)([a-z]*)$`)

const (
	byteUnits = " b k kb m mb g gb t tb p pb "
	timeUnits = " us ms s m min h d "
)

// parseConf reads a value of a kind; kinds that are free text always pass.
func parseConf(kind, text string) (number float64, ok bool) {
	var err error
	switch {
	case kind == "boolean":
		return 0, strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case kind == "int":
		var n int64
		n, err = strconv.ParseInt(text, 10, 32)
		number = float64(n)
	case kind == "long":
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		number = float64(n)
	case kind == "double":
		number, err = strconv.ParseFloat(text, 64)
	case strings.HasPrefix(kind, "bytes in "), strings.HasPrefix(kind, "time in "):
		units := byteUnits
		if kind[0] == 't' {
			units = timeUnits
		}
		m := sized.FindStringSubmatch(strings.ToLower(text))
		if m == nil || (m[2] != "" && !strings.Contains(units, " "+m[2]+" ")) {
			return 0, false
		}
		number, err = strconv.ParseFloat(m[1], 64)
	}
	return number, err == nil
}

// offsetZone is an offset from UTC as Java and Spark accept it, after an optional UTC or GMT.
var offsetZone = regexp.MustCompile(`^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$`)

// javaZones are Java's three-letter zone ids that time.LoadLocation does not know, or knows otherwise.
var javaZones = map[string]string{
	"Z": "UTC", "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
	"ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
	"CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
	"EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata",
	"JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
	"PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal",
	"VST": "Asia/Ho_Chi_Minh", "EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}

// normalZone is a zone as plan.Settings wants it: an id time.LoadLocation knows, or ±HH:MM. It is
// "" when there is no such zone.
func normalZone(zone string) string {
	zone = strings.TrimSpace(zone)
	if id, ok := javaZones[zone]; ok {
		return id
	}
	if m := offsetZone.FindStringSubmatch(zone); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi("0" + m[3])
		seconds, _ := strconv.Atoi("0" + m[4])
		total := (hours*60+minutes)*60 + seconds
		switch {
		case minutes > 59, seconds > 59, total > 18*3600, seconds != 0:
			return ""
		case total == 0:
			return "UTC"
		}
		return m[1] + pad2(hours) + ":" + pad2(minutes)
	}
	switch zone {
	case "", "Local", "local":
		return ""
	case "UTC", "GMT", "UT":
		return "UTC"
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return ""
	}
	return zone
}

func pad2(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
