"""The life of a lead: routed, accepted or declined, touched in time or not."""
