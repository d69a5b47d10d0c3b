// What all pieces share: colours of the page, sizes of canvases, small elements.

const CLASS_COLOURS = {   // ten hues that stay apart; the letters on the map say the class, too
  light: ["#0072b2", "#d55e00", "#009e73", "#b45589", "#8a6d00", "#3aa3d8", "#7a4fbf", "#6b4b3a", "#5c7f00", "#c4285a"],
  dark: ["#5bb4f0", "#ff9248", "#3ccf8a", "#e694c4", "#f2d54e", "#8fe3ff", "#b39bff", "#d3a98f", "#b9dd53", "#ff7ba0"],
}

function make(name, classes, text) {
  const made = document.createElement(name)
  if (classes) made.className = classes
  if (text !== undefined) made.textContent = text
  return made
}

function button(text, act, classes = "") {
  const made = make("button", classes, text)
  made.type = "button"
  made.onclick = act
  return made
}

function style(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

function rgb(colour) {
  const pen = document.createElement("canvas").getContext("2d")
  pen.fillStyle = colour || "#888888"
  return [1, 3, 5].map(at => parseInt(pen.fillStyle.slice(at, at + 2), 16))
}

function look(element) {   // the colours of the page as it is now
  const paper = style(element, "--st-background-color") || "#ffffff"
  const [red, green, blue] = rgb(paper)
  const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128
  return {
    dark, paper, ink: style(element, "--st-text-color") || "#000000", line: style(element, "--st-border-color") || "#cccccc",
    soft: style(element, "--st-secondary-background-color") || "#eeeeee", accent: dark ? "#6cc7bd" : "#0e6b70",
    wrong: dark ? "#ff9248" : "#c64a00", right: dark ? "#5bb4f0" : "#0072b2", font: style(element, "--st-font") || "sans-serif",
  }
}

function classColour(index, count, dark) {
  const known = CLASS_COLOURS[dark ? "dark" : "light"]
  if (count <= known.length) return known[index]
  return `hsl(${Math.round(index * 137.5) % 360} ${dark ? "70% 68%" : "65% 38%"})`
}

function mix(from, to, share) {
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * share)).join(",")})`
}

function sized(canvas, width, height) {   // sharp on any screen; returns a pen that counts in CSS pixels
  const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1))
  canvas.width = Math.max(1, Math.round(width * ratio))
  canvas.height = Math.max(1, Math.round(height * ratio))
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  const pen = canvas.getContext("2d")
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  return pen
}

function percent(share, digits = 1) {
  return `${(100 * share).toFixed(digits)} %`
}

function beside(tip, root, event, width) {   // a tip next to the pointer, never outside the component
  tip.hidden = false
  const box = root.getBoundingClientRect()
  const x = event.clientX - box.left, y = event.clientY - box.top
  const room = tip.offsetWidth + 16
  tip.style.left = `${Math.max(0, x + room > box.width ? x - room : x + 14)}px`
  tip.style.top = `${Math.max(0, y + tip.offsetHeight + 20 > box.height ? y - tip.offsetHeight - 12 : y + 16)}px`
}
