"""What the product knows. Pure: values in, values out; no clock, no I/O, no Slack, no SQL."""
