"""Every id that Slack sends back to us: callbacks, actions, input blocks. Form: `noun.verb`."""
