"""The calendar periods of reports, in the centre's time zone. Pure."""
