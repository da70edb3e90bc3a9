// Finds visible text whose contrast is under WCAG AA (4.5, or 3 for large and for bold text from 14 pt).
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const backdrop = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (node) => {
    const behind = backdrop(node);
    const [light, dark] = [luminance(behind), luminance(over(rgba(getComputedStyle(node).color), behind))].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const needed = (node) => {
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };
  const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter((node) => hasText(node) && node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((node) => !node.closest(":disabled, [aria-hidden=true], option"))
    .filter((node) => contrast(node) < needed(node))
    .map((node) => `${node.className || node.tagName} "${node.textContent.slice(0, 30)}" ${contrast(node).toFixed(2)}`);
}
