// The wall: every row is one canvas with all panels of a layer in it. Numbers arrive as float16 and are coloured here,
// so that a number can be read under the pointer without asking the server, and dark pages get a dark zero.

const walls = new WeakMap()
const SCALES = {   // blue below zero, orange above; the middle is the page's own paper
  light: { below: [[255, 255, 255], [146, 197, 238], [33, 113, 181], [8, 48, 107]], above: [[255, 255, 255], [253, 190, 112], [217, 95, 2], [127, 39, 4]] },
  dark: { below: [[24, 29, 38], [24, 74, 122], [58, 150, 222], [176, 220, 255]], above: [[24, 29, 38], [122, 62, 18], [238, 130, 40], [255, 214, 160]] },
}
const GAP = 3

function halves(text) {   // base64 of little-endian float16 -> Float32Array
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  const bits = new Uint16Array(bytes.buffer)
  return Float32Array.from(bits, value => {
    const sign = value >> 15 ? -1 : 1
    const power = (value >> 10) & 31
    const rest = value & 1023
    if (power === 0) return sign * rest * 2 ** -24
    return sign * (1 + rest / 1024) * 2 ** (power - 15)
  })
}

function bytes(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
}

function ramp(stops) {
  return Array.from({ length: 256 }, (_, i) => {
    const at = i / 255 * (stops.length - 1)
    const low = Math.min(Math.floor(at), stops.length - 2)
    return stops[low].map((value, k) => Math.round(value + (stops[low + 1][k] - value) * (at - low)))
  })
}

function palette(dark) {
  const { below, above } = SCALES[dark ? "dark" : "light"]
  return { below: ramp(below), above: ramp(above) }
}

function shade(colours, value, most) {
  const at = Math.round(Math.min(Math.abs(value) / most, 1) * 255)
  return (value < 0 ? colours.below : colours.above)[at]
}

function isDark(element) {
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128
}

function said(value) {
  if (!Number.isFinite(value)) return "no number"
  if (value === 0) return "0"
  const size = Math.abs(value)
  const text = size >= 0.01 && size < 1000 ? size.toFixed(3) : size.toPrecision(3)
  return (value < 0 ? "−" : "+") + text
}

function make(name, classes, text) {
  const made = document.createElement(name)
  made.className = classes
  if (text !== undefined) made.textContent = text
  return made
}

function wished(row) {   // the width of a panel
  if (row.tile) return row.tile
  const count = row.shape[0]
  if (row.shape[1] * row.shape[2] === 1) return count <= 12 ? 46 : count <= 64 ? 22 : 14
  return count <= 12 ? 84 : count <= 24 ? 68 : count <= 64 ? 56 : count <= 160 ? 44 : 34
}

function plan(view, width) {
  const [count, height, wide] = view.row.shape
  const cell = Math.max(wished(view.row) / wide, wished(view.row) / height > 4 * wished(view.row) / wide ? 1 : 0)
  view.cell = cell >= 1 ? Math.max(1, Math.round(cell)) : cell
  view.tileWidth = Math.max(1, Math.round(view.cell * wide))
  view.tileHeight = Math.max(1, Math.round(view.cell * height))
  view.foot = view.row.labels.length ? 17 : 0
  const room = Math.max(width, view.tileWidth)
  view.columns = Math.max(1, Math.min(count, Math.floor((room + GAP) / (view.tileWidth + GAP))))
  view.lines = Math.ceil(count / view.columns)
  view.columns = Math.ceil(count / view.lines)   // ten maps are two rows of five, not six and four
  view.width = view.columns * (view.tileWidth + GAP) - GAP
  view.height = view.lines * (view.tileHeight + view.foot + GAP) - GAP
}

function over(colours, value, most, picture) {   // a map over the faint picture it is about
  const strength = Math.min(Math.abs(value) / most, 1) ** 0.6
  const paper = colours.above[0]
  const faint = paper.map(each => each + (128 - each) * 0.8 * picture / 255)
  return shade(colours, value, most).map((each, k) => Math.round(faint[k] + (each - faint[k]) * strength))
}

function corner(view, panel) {
  return [
    (panel % view.columns) * (view.tileWidth + GAP),
    Math.floor(panel / view.columns) * (view.tileHeight + view.foot + GAP),
  ]
}

function sheet(view, colours) {   // one pixel per number, all panels below each other
  const [count, height, width] = view.row.shape
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height * count
  const image = new ImageData(width, height * count)
  const { data } = image
  for (let i = 0; i < count * height * width; i++) {
    let colour
    if (view.under) colour = over(colours, view.values[i], view.row.most, view.under[i % (height * width)])
    else if (view.row.kind === "numbers") colour = shade(colours, view.values[i], view.row.most)
    else if (view.row.kind === "grey") colour = [view.values[i], view.values[i], view.values[i]]
    else colour = [view.values[3 * i], view.values[3 * i + 1], view.values[3 * i + 2]]
    data[4 * i] = colour[0]
    data[4 * i + 1] = colour[1]
    data[4 * i + 2] = colour[2]
    data[4 * i + 3] = 255
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
  return canvas
}

function paint(wall, view) {
  const width = wall.root.clientWidth   // also where rows lie side by side: they wrap when they are too wide
  if (!width || !view.canvas) return
  plan(view, width)
  const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1))
  const { canvas } = view
  canvas.width = view.width * ratio
  canvas.height = view.height * ratio
  canvas.style.width = `${view.width}px`
  const pen = canvas.getContext("2d")
  pen.scale(ratio, ratio)
  pen.imageSmoothingEnabled = view.cell < 1
  const style = getComputedStyle(wall.root)
  const [count, height, wide] = view.row.shape
  for (let i = 0; i < count; i++) {
    const [x, y] = corner(view, i)
    pen.drawImage(view.sheet, 0, i * height, wide, height, x, y, view.tileWidth, view.tileHeight)
    pen.strokeStyle = style.getPropertyValue("--st-border-color") || "#ccc"
    pen.lineWidth = 1
    pen.strokeRect(x + 0.5, y + 0.5, view.tileWidth - 1, view.tileHeight - 1)
    if (view.row.signs && view.cell >= 12) signs(pen, view, i, x, y)
    if (view.foot) {
      pen.fillStyle = style.color
      pen.font = `12px ${style.fontFamily}`
      pen.textAlign = "center"
      pen.fillText(view.row.labels[i] ?? "", x + view.tileWidth / 2, y + view.tileHeight + 13, view.tileWidth)
    }
  }
  mark(wall, view, pen, style)
}

function ink(colour) {   // black or white, whichever stands out more: at least 4.5 to 1 on any colour
  const [red, green, blue] = colour.map(each => each <= 10 ? each / 3294 : ((each / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff"
}

function signs(pen, view, panel, x, y) {
  const [, height, wide] = view.row.shape
  const words = view.cell >= 40
  pen.font = words ? "600 12px sans-serif" : `700 ${Math.min(16, Math.round(view.cell * 0.72))}px sans-serif`
  pen.textAlign = "center"
  pen.textBaseline = "middle"
  for (let k = 0; k < height * wide; k++) {
    const value = view.values[panel * height * wide + k]
    if (Math.abs(value) < view.row.most * 0.02 && !words) continue
    pen.fillStyle = ink(shade(view.colours, value, view.row.most))
    const text = words ? said(value).slice(0, 6) : value < 0 ? "−" : "+"
    pen.fillText(text, x + (k % wide + 0.5) * view.cell, y + (Math.floor(k / wide) + 0.5) * view.cell + 0.5)
  }
  pen.textBaseline = "alphabetic"
}

function outline(pen, x, y, width, height, style) {
  pen.lineWidth = 5
  pen.strokeStyle = style.getPropertyValue("--st-background-color") || "#fff"
  pen.strokeRect(x, y, width, height)
  pen.lineWidth = 2.5
  pen.strokeStyle = style.getPropertyValue("--st-text-color") || "#000"
  pen.strokeRect(x, y, width, height)
}

function mark(wall, view, pen, style) {
  const here = view.cursor ?? (wall.chosen && wall.chosen[0] === view.row.name ? wall.chosen.slice(1) : null)
  if (!here || here[0] - view.row.first < 0 || here[0] - view.row.first >= view.row.shape[0]) return
  const [x, y] = corner(view, here[0] - view.row.first)
  outline(pen, x + 1, y + 1, view.tileWidth - 2, view.tileHeight - 2, style)
  if (wall.pick !== "pixel" || view.row.shape[1] * view.row.shape[2] === 1) return
  const side = Math.max(view.cell, 5)
  const middle = at => (at + 0.5) * view.cell - side / 2
  outline(pen, x + middle(here[2]), y + middle(here[1]), side, side, style)
}

function under(view, event) {
  const box = view.canvas.getBoundingClientRect()
  const factor = view.width / (box.width || 1)
  const x = (event.clientX - box.left) * factor
  const y = (event.clientY - box.top) * factor
  const column = Math.floor(x / (view.tileWidth + GAP))
  const line = Math.floor(y / (view.tileHeight + view.foot + GAP))
  const panel = line * view.columns + column
  const [left, top] = corner(view, panel)
  if (column < 0 || column >= view.columns || panel < 0 || panel >= view.row.shape[0]) return null
  const clip = (value, size) => Math.min(Math.max(Math.floor(value), 0), size - 1)
  return [panel + view.row.first, clip((y - top) / view.cell, view.row.shape[1]), clip((x - left) / view.cell, view.row.shape[2])]
}

function read(view, [panel, y, x]) {
  const { row } = view
  const [, height, wide] = row.shape
  const label = row.labels[panel - row.first]
  const name = label ?? `${row.panel} ${panel + 1}`
  const where = height * wide > 1 ? ` · row ${y + 1}, column ${x + 1}` : ""
  const at = ((panel - row.first) * height + y) * wide + x
  if (row.kind === "numbers") return [said(view.values[at]), `${name}${where}`]
  if (row.kind === "grey") return [String(view.values[at]), `${name}${where}`]
  return [`red ${view.values[3 * at]}, green ${view.values[3 * at + 1]}, blue ${view.values[3 * at + 2]}`, `${name}${where}`]
}

function tell(wall, view, place, event) {
  const { tip } = wall
  if (!place) { tip.hidden = true; return }
  const [value, where] = read(view, place)
  const bold = make("b", "", value)
  tip.replaceChildren(bold, document.createTextNode(` ${where}`))
  tip.hidden = false
  const box = wall.root.getBoundingClientRect()
  const left = Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth - 4)
  tip.style.left = `${Math.max(0, left)}px`
  tip.style.top = `${event.clientY - box.top + 18}px`
}

function choose(wall, view, place) {
  wall.chosen = [view.row.name, ...place]
  for (const each of wall.views) { each.cursor = null; paint(wall, each) }
  wall.setStateValue("pixel", wall.chosen)
}

const MOVES = { ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], PageUp: [-1, 0, 0], PageDown: [1, 0, 0] }

function walk(wall, view, event) {
  const { row } = view
  const mine = wall.chosen && wall.chosen[0] === row.name ? wall.chosen.slice(1) : null
  const from = view.cursor ?? mine ?? [row.first, Math.floor(row.shape[1] / 2), Math.floor(row.shape[2] / 2)]
  let move = MOVES[event.key]
  if (move && (wall.pick === "panel" || row.shape[1] * row.shape[2] === 1)) {   // panels are all there is to walk over
    const step = event.key === "ArrowUp" ? -view.columns : event.key === "ArrowDown" ? view.columns : move[0] + move[2]
    move = [step, 0, 0]
  }
  if (move) {
    const limit = (value, low, size) => Math.min(Math.max(value, low), low + size - 1)
    view.cursor = [limit(from[0] + move[0], row.first, row.shape[0]), limit(from[1] + move[1], 0, row.shape[1]), limit(from[2] + move[2], 0, row.shape[2])]
    wall.spoken.textContent = read(view, view.cursor).join(", ")
    paint(wall, view)
  } else if (event.key === "Enter" || event.key === " ") choose(wall, view, from)
  else return
  event.preventDefault()
}

function bars(wall, view) {
  const box = make("div", "bars")
  const values = [...view.values]
  const order = values.map((_, i) => i).sort((a, b) => values[b] - values[a]).slice(0, 12)
  for (const i of order) {
    const line = make("button", i === order[0] ? "top" : "")
    line.type = "button"
    line.setAttribute("aria-pressed", Boolean(wall.chosen && wall.chosen[0] === view.row.name && wall.chosen[1] === i))
    line.setAttribute("aria-label", `${view.row.labels[i]}: ${(100 * values[i]).toFixed(2)} percent`)
    const track = make("span", "track")
    const fill = make("span", "fill")
    fill.style.width = `${100 * values[i]}%`
    track.append(fill)
    line.append(make("span", "label", view.row.labels[i]), track, make("span", "share", `${(100 * values[i]).toFixed(2)} %`))
    if (wall.pick === "pixel") line.onclick = () => choose(wall, view, [i, 0, 0])
    box.append(line)
  }
  if (order.length < values.length) box.append(make("span", "label"), make("span", "note", `and ${values.length - order.length} more`))
  return box
}

function legend(wall, view) {
  const scale = make("span", "scale")
  const strip = make("span", "ramp")
  const stops = at => `rgb(${shade(wall.colours, at, 1).join(",")})`
  strip.style.background = `linear-gradient(to right, ${[-1, -0.66, -0.33, 0, 0.33, 0.66, 1].map(stops).join(",")})`
  scale.append(document.createTextNode(said(-view.row.most)), strip, document.createTextNode(said(view.row.most)))
  return scale
}

function build(wall, rows) {
  wall.root.replaceChildren(wall.spoken)
  wall.views = rows.map(row => {
    const view = { row, colours: wall.colours, values: row.kind === "numbers" ? halves(row.values) : bytes(row.values) }
    if (row.under) view.under = bytes(row.under)
    const section = make("section", "row")
    section.dataset.row = row.name
    const head = make("div", "head")
    if (row.title) head.append(make("span", "title", row.title))
    if (row.note) head.append(make("span", "note", row.note))
    if (row.kind === "numbers" && !row.bars) head.append(legend(wall, view))
    if (head.childElementCount) section.append(head)
    if (row.bars) section.append(bars(wall, view))
    else {
      view.sheet = sheet(view, wall.colours)
      view.canvas = make("canvas", `maps${wall.pick === "nothing" ? "" : " pickable"}`)
      view.canvas.tabIndex = 0
      view.canvas.setAttribute("role", wall.pick === "nothing" ? "img" : "application")
      view.canvas.setAttribute("aria-label", `${row.title || row.name}: ${row.shape[0]} panels of ${row.shape[1]} by ${row.shape[2]}. ` +
        "Arrows move, Page Up and Page Down change the panel, Enter chooses.")
      view.canvas.dataset.panels = row.shape[0]
      view.canvas.onpointermove = event => tell(wall, view, under(view, event), event)
      view.canvas.onpointerleave = () => tell(wall, view, null)
      view.canvas.onkeydown = event => walk(wall, view, event)
      view.canvas.onblur = () => { view.cursor = null; paint(wall, view) }
      if (wall.pick !== "nothing") {
        view.canvas.onclick = event => {
          const place = under(view, event)
          if (place) choose(wall, view, place)
        }
      }
      section.append(view.canvas)
    }
    wall.root.append(section)
    return view
  })
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".wall")
  let wall = walls.get(parentElement)
  if (!wall) {
    wall = { root, tip: parentElement.querySelector(".tip"), spoken: make("div", "sr"), views: [], width: 0 }
    wall.spoken.setAttribute("aria-live", "polite")
    walls.set(parentElement, wall)
    wall.watch = new ResizeObserver(() => {
      if (wall.width === root.clientWidth) return
      wall.width = root.clientWidth
      wall.views.forEach(view => paint(wall, view))
    })
    wall.watch.observe(root)
  }
  wall.setStateValue = setStateValue
  wall.pick = data.pick
  root.classList.toggle("flow", data.flow)
  wall.chosen = data.chosen
  const dark = isDark(root)
  const fresh = JSON.stringify(data.rows.map(row => [row.name, row.values.length, row.title, row.note])) + dark
  const same = wall.fresh === fresh && wall.views.every((view, i) => view.row.values === data.rows[i].values)
  if (!same) {
    wall.fresh = fresh
    wall.dark = dark
    wall.colours = palette(dark)
    build(wall, data.rows)
  }
  for (const view of wall.views) paint(wall, view)
  return () => {
    wall.watch.disconnect()
    walls.delete(parentElement)
  }
}
