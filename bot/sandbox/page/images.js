// Pictures named by the app: only addresses that a picture may have.
import { h } from "./dom.js";

const ALLOWED = /^(https?:\/\/|\/|data:image\/(png|jpeg|gif|webp);base64,)/i;

/** The picture of an image block or element. */
export function safeImage(spec, className) {
  const file = spec.slack_file;
  const url = spec.image_url ?? file?.url ?? (file?.id ? `/sandbox/files/${encodeURIComponent(file.id)}/image` : "");
  if (!ALLOWED.test(url)) return h("span", { class: "unknown" }, spec.alt_text ?? "image");
  return h("img", { class: className, src: url, alt: spec.alt_text ?? "", loading: "lazy", referrerpolicy: "no-referrer" });
}
