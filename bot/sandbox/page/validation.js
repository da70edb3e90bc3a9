// What Slack's client checks before it sends a form to the app.

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const VALUES = ["value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_conversation", "selected_conversations", "selected_channel", "selected_channels", "selected_date", "selected_time", "selected_date_time", "files", "rich_text_value"];

function isEmpty(state) {
  const value = VALUES.map((name) => state?.[name]).find((one) => one !== undefined && one !== null && one !== "");
  return value === undefined || (Array.isArray(value) && value.length === 0) || (typeof value === "string" && !value.trim());
}

/** Errors by block id for the inputs a person must still fill or correct; empty when the form may go. */
export function missing(list, surface) {
  const errors = {};
  list.forEach((block, index) => {
    if (block.type !== "input") return;
    const id = block.block_id ?? `block-${index}`;
    const error = check(block, surface.get(id, block.element.action_id));
    if (error) errors[id] = error;
  });
  return errors;
}

function check({ element, optional }, state) {
  if (isEmpty(state)) return optional ? null : "Please complete this required field.";
  return CHECKS[element.type]?.(element, state.value) ?? null;
}

const CHECKS = {
  plain_text_input: (element, value) => (element.min_length && value.length < element.min_length ? `Please write at least ${element.min_length} characters.` : null),
  email_text_input: (_, value) => (EMAIL.test(value) ? null : "Please enter a valid email address."),
  url_text_input: (_, value) => (URL.canParse(value) && /^https?:/i.test(value) ? null : "Please enter a valid link, such as https://example.com."),
  number_input: checkNumber,
};

function checkNumber(element, value) {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(value.trim())) return element.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
  const number = Number(value);
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  return null;
}
