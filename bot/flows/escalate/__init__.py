"""When a lead is not answered: incidents, climbs, who has it, and the guardrail."""
