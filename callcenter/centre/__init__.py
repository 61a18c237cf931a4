"""The centre as data: `centre.yaml` in, a checked model of lines, queues, hours, phones and alarm thresholds out."""
