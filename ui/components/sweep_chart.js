// A sweep as it stands: a mean with its band over seeds, every seed a dot, and below it every run; or, before the
// first result, the same axes to sketch what one expects with finger, mouse, arrow keys or numbers.

const charts = new WeakMap()
const guesses = new Map()   // sketches by name: they outlive the element, which a rerun may replace
const NS = "http://www.w3.org/2000/svg"
const HEIGHT = 300, TOP = 30, BOTTOM = 46, LEFT = 52, RIGHT = 14
const FLOORS = [0, 0.5, 0.9]

const percent = (value, digits = 2) => `${(100 * value).toFixed(digits)} %`

function draw(parent, tag, attributes, text) {
  const each = document.createElementNS(NS, tag)
  for (const [name, value] of Object.entries(attributes)) each.setAttribute(name, value)
  if (text !== undefined) each.textContent = text
  parent.append(each)
  return each
}

function ticks(low, high) {
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= rough)
  const found = []
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1000; at += step) found.push(at)
  return { found, digits: [0, 1, 2, 3].find(n => Math.abs(100 * step * 10 ** n - Math.round(100 * step * 10 ** n)) < 1e-6) ?? 3 }
}

// What is drawn decides the height of the axis; a little air on both sides, and never beyond what can be.
function span(data, state) {
  if (data.mode === "sketch") return [FLOORS[state.floor], 1]
  const all = []
  for (const point of data.points) {
    for (const cell of point.cells) for (const value of [cell.value, cell.live]) if (value !== null) all.push(value)
    if (point.mean !== null) all.push(point.mean)
  }
  for (const sketch of data.sketches) all.push(...Object.values(sketch.values))
  if (!all.length) return [0, 1]
  let low = Math.min(...all), high = Math.max(...all)
  for (const point of data.points) {   // bands count as far as they do not flatten everything else
    if (point.low === null) continue
    const most = Math.max(high - low, 0.01)
    low = Math.min(low, Math.max(point.low, Math.min(...all) - most))
    high = Math.max(high, Math.min(point.high, Math.max(...all) + most))
  }
  const air = Math.max(0.08 * (high - low), 0.002)
  return [Math.max(low - air, 0), Math.min(high + air, 1)]
}

function places(data, width) {
  const inner = width - LEFT - RIGHT
  if (data.axis.kind === "words") {
    const count = Math.max(data.axis.words.length, 1)
    return place => LEFT + inner * (place + 0.5) / count
  }
  const scale = data.axis.log ? Math.log10 : value => value
  const low = scale(data.axis.low), high = scale(data.axis.high)
  return value => LEFT + 12 + (inner - 24) * (high > low ? (scale(value) - low) / (high - low) : 0.5)
}

function axes(svg, data, width, low, high, x, y) {
  const { found, digits } = ticks(low, high)
  for (const at of found) {
    draw(svg, "line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(at), y2: y(at) })
    draw(svg, "text", { class: "axis", x: LEFT - 8, y: y(at) + 4, "text-anchor": "end" }, `${(100 * at).toFixed(digits)} %`)
  }
  const base = HEIGHT - BOTTOM + 18
  if (data.axis.kind === "words") {
    const room = (width - LEFT - RIGHT) / Math.max(data.axis.words.length, 1)
    const fits = Math.max(Math.floor(room / 7), 2)
    const every = Math.ceil(26 / Math.max(room, 1))
    data.axis.words.forEach((word, place) => {
      if (place % every) return
      const short = word.length > fits ? `${word.slice(0, Math.max(fits - 1, 1))}…` : word
      const each = draw(svg, "text", { class: "axis", x: x(place), y: base, "text-anchor": "middle" }, short)
      draw(each, "title", {}, word)
    })
  } else {
    const marks = data.axis.log ? decades(data.axis.low, data.axis.high) : ticks(data.axis.low, data.axis.high).found
    for (const at of marks) draw(svg, "text", { class: "axis", x: x(at), y: base, "text-anchor": "middle" }, String(+at.toPrecision(3)))
  }
  draw(svg, "text", { class: "unit", x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, data.axis.label)
  draw(svg, "text", { class: "unit", x: 2, y: 10 }, data.metric)
}

function decades(low, high) {
  const found = []
  for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.000001; power++) found.push(10 ** power)
  return found.length > 1 ? found : [low, high]
}

function series(svg, data, number, x, y, colour, open) {
  const mine = data.points.filter(point => point.series === number)
  const known = mine.filter(point => point.mean !== null)
  if (data.joined && known.length > 1) {
    const banded = known.filter(point => point.low !== null)
    if (banded.length > 1) {
      const up = banded.map(point => `${x(point.x)},${y(point.high)}`), down = banded.map(point => `${x(point.x)},${y(point.low)}`)
      draw(svg, "polygon", { class: "band", fill: colour, points: [...up, ...down.reverse()].join(" ") })
    }
    draw(svg, "polyline", { class: "line", stroke: colour, points: known.map(point => `${x(point.x)},${y(point.mean)}`).join(" ") })
  }
  for (const point of mine) {
    const at = x(point.x)
    if (point.low !== null) draw(svg, "line", { class: "whisker", stroke: colour, x1: at, x2: at, y1: y(point.low), y2: y(point.high) })
    for (const cell of point.cells) {
      const value = cell.value ?? cell.live
      if (value === null) continue
      const dot = draw(svg, "circle", { class: cell.value === null ? "live" : "seed", cx: at, cy: y(value), r: 4.5 })
      cell.value === null ? dot.setAttribute("stroke", colour) : dot.setAttribute("fill", colour)
      draw(dot, "title", {}, `${point.label}, seed ${cell.seed}: ${percent(value)}${cell.value === null ? " so far" : ""}`)
      dot.onclick = () => open(cell.run)
    }
    const gone = point.cells.find(cell => cell.state === "pruned")
    if (gone && point.mean === null) {
      const mark = draw(svg, "text", { class: "axis", x: at, y: HEIGHT - BOTTOM, "text-anchor": "middle" }, "×")
      draw(mark, "title", {}, `${point.label}: pruned`)
    }
    if (point.mean !== null) {
      const dot = draw(svg, "circle", { class: "mean", fill: colour, cx: at, cy: y(point.mean), r: 6.5 })
      draw(dot, "title", {}, `${point.label}: ${percent(point.mean)} in the mean of ${point.seeds}`)
    }
  }
}

function sketches(svg, data, x, y) {
  data.sketches.forEach(sketch => {
    const on = data.points.filter(point => point.label in sketch.values)
    if (!on.length) return
    draw(svg, "polyline", { class: "sketch", points: on.map(point => `${x(point.x)},${y(sketch.values[point.label])}`).join(" ") })
    const last = on[on.length - 1]
    draw(svg, "text", { class: "sketch-name", x: x(last.x), y: y(sketch.values[last.label]) - 6, "text-anchor": "end" }, sketch.name)
  })
}

function chart(state) {
  const { data, root } = state
  const svg = root.querySelector("svg"), width = Math.max(root.clientWidth, 240)
  if (state.dragging) return
  svg.replaceChildren()
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`)
  svg.style.height = `${HEIGHT}px`
  svg.classList.toggle("sketching", data.mode === "sketch")
  const [low, high] = span(data, state), x = places(data, width)
  const y = value => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (Math.min(Math.max(value, low), high) - low) / (high - low))
  axes(svg, data, width, low, high, x, y)
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff"
  const dark = parseInt(probe.fillStyle.slice(3, 5), 16) < 128
  state.colours = data.series.map(each => dark ? each.dark : each.light)
  if (data.mode === "sketch") return sketching(state, svg, x, y, low, high)
  sketches(svg, data, x, y)
  data.series.forEach((_, number) => series(svg, data, number, x, y, state.colours[number], state.open))
  if (!data.points.some(point => point.cells.some(cell => cell.value !== null || cell.live !== null))) {
    draw(svg, "text", { class: "empty", x: (LEFT + width) / 2, y: HEIGHT / 2 - 10 }, data.empty)
  }
}

function sketching(state, svg, x, y, low, high) {
  const { data } = state
  const points = data.points
  const line = draw(svg, "polyline", { class: "guess" })
  const handles = points.map((point, place) => {
    const handle = draw(svg, "circle", { class: "handle", r: 10, cx: x(point.x), tabindex: 0, role: "slider",
      "aria-label": `Expected accuracy for ${point.label}`, "aria-valuemin": 0, "aria-valuemax": 100 })
    handle.onkeydown = event => {
      const by = { ArrowUp: 0.005, ArrowRight: 0.005, ArrowDown: -0.005, ArrowLeft: -0.005, PageUp: 0.05, PageDown: -0.05 }[event.key]
      if (by === undefined) return
      event.preventDefault()
      set(place, state.guess[point.label] + by)
      state.tell()
    }
    return { handle, text: draw(svg, "text", { class: "guess-value", x: x(point.x) }) }
  })
  const put = () => {
    line.setAttribute("points", points.map(point => `${x(point.x)},${y(state.guess[point.label])}`).join(" "))
    points.forEach((point, place) => {
      const value = state.guess[point.label], at = y(value)
      handles[place].handle.setAttribute("cy", at)
      handles[place].handle.setAttribute("aria-valuenow", (100 * value).toFixed(1))
      handles[place].text.setAttribute("y", at < TOP + 16 ? at + 26 : at - 15)
      handles[place].text.textContent = points.length > 9 ? "" : (100 * value).toFixed(1)
      const typed = state.inputs.get(point.label)
      if (typed && document.activeElement !== typed && typed.getRootNode().activeElement !== typed) typed.value = (100 * value).toFixed(1)
    })
  }
  const set = (place, value) => {
    state.guess[points[place].label] = Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000
    put()
  }
  const where = event => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]
  }
  const value = py => low + (high - low) * (1 - (py - TOP) / (HEIGHT - TOP - BOTTOM))
  const nearest = px => points.reduce((best, point, place) =>
    Math.abs(x(point.x) - px) < Math.abs(x(points[best].x) - px) ? place : best, 0)
  let last = [0, 0]
  svg.onpointerdown = event => {
    state.dragging = true
    svg.setPointerCapture(event.pointerId)
    last = where(event)
    set(nearest(last[0]), value(last[1]))
  }
  svg.onpointermove = event => {
    if (!state.dragging) return
    const [px, py] = where(event), [qx, qy] = last
    points.forEach((point, place) => {   // what the line has crossed since, however fast it was drawn
      const at = x(point.x)
      if ((at - qx) * (at - px) <= 0 && px !== qx) set(place, value(qy + (py - qy) * (at - qx) / (px - qx)))
    })
    const here = nearest(px)
    if (Math.abs(x(points[here].x) - px) < 14 || Math.abs(py - qy) > Math.abs(px - qx)) set(here, value(py))
    last = [px, py]
  }
  svg.onpointerup = svg.onpointercancel = () => { if (state.dragging) { state.dragging = false; state.tell() } }
  state.put = put
  put()
}

function typing(state) {
  const { data, root } = state
  const box = root.querySelector(".typed"), zoom = root.querySelector(".zoom")
  box.hidden = zoom.hidden = data.mode !== "sketch"
  if (data.mode !== "sketch") { box.replaceChildren(); state.inputs.clear(); return }
  if (zoom.children.length !== FLOORS.length + 1) {
    zoom.replaceChildren(Object.assign(document.createElement("span"), { textContent: "Axis from" }))
    FLOORS.forEach((floor, place) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${100 * floor} %` })
      button.onclick = () => { state.floor = place; typing(state); chart(state) }
      zoom.append(button)
    })
  }
  [...zoom.querySelectorAll("button")].forEach((button, place) => button.setAttribute("aria-pressed", place === state.floor))
  const labels = data.points.map(point => point.label)
  if (labels.join("\n") === [...state.inputs.keys()].join("\n")) return
  box.replaceChildren()
  state.inputs.clear()
  for (const label of labels) {
    const field = document.createElement("label"), input = document.createElement("input")
    Object.assign(input, { type: "number", min: 0, max: 100, step: 0.1, inputMode: "decimal", value: (100 * state.guess[label]).toFixed(1) })
    input.setAttribute("aria-label", `Expected accuracy for ${label} in percent`)
    input.onchange = () => {
      const value = Number(input.value)
      if (input.value.trim() !== "" && value >= 0 && value <= 100) state.guess[label] = Math.round(10 * value) / 1000
      else input.value = (100 * state.guess[label]).toFixed(1)
      state.put?.()
      state.tell()
    }
    field.append(`${label}, %`, input)
    box.append(field)
    state.inputs.set(label, input)
  }
}

const SAID = { missing: "waits", queued: "waits", paused: "paused", failed: "failed", stopped: "stopped", gone: "deleted", pruned: "pruned" }

function table(state) {
  const { data, root } = state, whole = root.querySelector("table")
  whole.hidden = data.mode === "sketch"
  if (whole.hidden) return
  const body = whole.querySelector("tbody")
  whole.querySelector("th").textContent = data.axis.heading
  while (body.children.length > data.points.length) body.lastChild.remove()
  data.points.forEach((point, place) => {
    const row = body.children[place] ?? body.appendChild(document.createElement("tr"))
    if (!row.children.length) row.innerHTML = '<td class="name"></td><td class="mean"></td><td><div class="runs"></div></td>'
    const [name, mean, cells] = row.children
    row.classList.toggle("best", point.best)
    if (name.textContent !== point.label) name.textContent = point.label
    const half = point.half === null ? "" : ` ± ${(100 * point.half).toFixed(2)}`
    const told = point.mean === null ? "" : `${(100 * point.mean).toFixed(2)}${half} %`
    if (mean.textContent !== told) mean.textContent = told
    const box = cells.firstChild
    while (box.children.length > point.cells.length) box.lastChild.remove()
    point.cells.forEach((cell, seat) => {
      const chip = box.children[seat] ?? box.appendChild(document.createElement("button"))
      if (!chip.children.length) { chip.type = "button"; chip.innerHTML = "<u></u><b></b>" }
      const [bar, text] = chip.children
      const live = cell.live === null ? "starts" : percent(cell.live, 1)
      const value = cell.state === "finished" ? (cell.value === null ? "no figure" : (100 * cell.value).toFixed(2)) : null
      const said = cell.state === "running" ? `▶ ${live}` : value !== null ? `${value}${cell.reused ? " ↺" : ""}` : SAID[cell.state] ?? cell.state
      if (text.textContent !== said) text.textContent = said
      bar.style.width = cell.state === "running" ? `${100 * cell.progress}%` : "0"
      chip.dataset.state = cell.state
      chip.disabled = cell.run === null || cell.state === "gone"
      chip.title = [`Seed ${cell.seed}`, cell.run === null ? "no run yet" : `run ${cell.run}`, cell.reused ? "was there before: reused" : "", cell.said].filter(Boolean).join(" · ")
      chip.setAttribute("aria-label", `${point.label}, ${chip.title}: ${said}`)
      chip.onclick = () => state.open(cell.run)
    })
  })
}

function key(state) {
  const box = state.root.querySelector(".key")
  box.hidden = state.data.series.length < 2 || state.data.mode === "sketch"
  box.replaceChildren(...state.data.series.map((each, number) => {
    const span = document.createElement("span"), dot = document.createElement("i")
    span.style.setProperty("--swatch", state.colours[number])
    span.append(dot, each.name)
    return span
  }))
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let state = charts.get(parentElement)
  if (!state) {
    state = { floor: 0, guess: {}, inputs: new Map(), colours: [], root: parentElement.querySelector(".sweep") }
    charts.set(parentElement, state)
    state.watch = new ResizeObserver(() => { if (state.data) chart(state) })
    state.watch.observe(state.root)
  }
  state.data = data
  if (!guesses.has(data.name)) guesses.set(data.name, {})
  state.guess = guesses.get(data.name)
  state.open = run => { if (run !== null) setTriggerValue("open", run) }
  state.tell = () => setStateValue("sketch", { ...state.guess })
  for (const point of data.points) state.guess[point.label] ??= data.guess?.[point.label] ?? 0.75
  typing(state)
  chart(state)
  key(state)
  table(state)
  return () => { state.watch.disconnect(); charts.delete(parentElement) }
}
