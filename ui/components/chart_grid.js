// Charts drawn again in place: colours come by name (@0, @ink, @s0.4/0.5) and are put in here, light or dark.

const grids = new WeakMap()   // the mounted element -> its state

function element(name, classes, text) {
  const made = document.createElement(name)
  made.className = classes
  if (text !== undefined) made.textContent = text
  return made
}

function look(root) {
  const style = getComputedStyle(root)
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = style.getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  return { dark: 0.299 * red + 0.587 * green + 0.114 * blue < 128, font: style.getPropertyValue("--st-font").trim() || "sans-serif" }
}

const parts = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16))

function between(stops, share) {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1)
  const first = Math.min(Math.floor(at), stops.length - 2)
  const low = parts(stops[first]), high = parts(stops[first + 1])
  return "#" + low.map((value, place) => Math.round(value + (high[place] - value) * (at - first)).toString(16).padStart(2, "0")).join("")
}

const TOKEN = /^@([0-7]|ink|faint|paper|accent|s[\d.]+)(?:\/([\d.]+))?$/

function painted(value, palette) {
  if (typeof value === "string") {
    const found = value.startsWith("@") && TOKEN.exec(value)
    if (!found) return value
    const colour = /^s[\d.]/.test(found[1]) ? between(palette.scale, Number(found[1].slice(1))) : palette[found[1]]
    return found[2] === undefined ? colour : `rgba(${parts(colour).join(",")},${found[2]})`
  }
  if (Array.isArray(value)) return value.map(each => painted(each, palette))
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === "bdata" ? each : painted(each, palette)]))
  }
  return value
}

function button(text, title, act) {
  const made = element("button", "ink-toggle", text)
  made.type = "button"
  made.title = title
  made.onclick = act
  return made
}

function box(state, id) {
  const made = { id, root: element("figure", "ink-chart"), canvas: element("div", "ink-canvas"), title: element("span", "ink-title"),
    hint: element("span", "ink-hint"), zoom: {} }
  made.whole = button("whole", "Forget the zoom (or double-click the chart)", () => { forget(state); drawAll(state) })
  made.whole.hidden = true
  made.png = button("PNG", "Save this chart as a picture", () => save(state, made))
  const head = element("figcaption", "ink-head")
  head.append(made.title, made.hint, made.whole, made.png)
  made.root.append(head, made.canvas)
  return made
}

function forget(state) { for (const each of state.boxes.values()) each.zoom = {} }

const axisName = panel => panel.figure.layout.xaxis?.title?.text ?? ""

function zoomed(state, mine, change) {
  if (state.drawing) return
  const range = axis => change[`${axis}.range`] ?? (change[`${axis}.range[0]`] !== undefined && [change[`${axis}.range[0]`], change[`${axis}.range[1]`]])
  const x = range("xaxis"), y = range("yaxis")
  if (change["xaxis.autorange"] || change["yaxis.autorange"]) forget(state)
  else {
    if (y) mine.zoom.y = y
    if (x) for (const each of state.boxes.values()) if (axisName(each.panel) === axisName(mine.panel)) each.zoom.x = x
  }
  if (x || y || change["xaxis.autorange"] || change["yaxis.autorange"]) drawAll(state)
}

function figureOf(state, mine) {
  const palette = state.data.palettes[state.look.dark ? "dark" : "light"]
  const { data, layout } = painted(mine.panel.figure, palette)
  for (const trace of data) if (state.hidden.has(trace.meta)) trace.visible = false
  Object.assign(layout.font, { family: state.look.font })
  layout.autosize = true
  layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom"
  if (mine.zoom.x) Object.assign(layout.xaxis, { range: [...mine.zoom.x], autorange: false })
  if (mine.zoom.y) Object.assign(layout.yaxis, { range: [...mine.zoom.y], autorange: false })
  if (state.grid.clientWidth < 520) shrink(layout)
  return { data, layout, palette }
}

function shrink(layout) {   // a phone: less margin, no names of many letters at the side
  layout.margin = { ...layout.margin, l: Math.min(layout.margin.l, 30), r: Math.min(layout.margin.r, 8) }
}

async function draw(state, Plotly, mine) {
  const { data, layout } = figureOf(state, mine)
  mine.canvas.style.minHeight = `${layout.height}px`
  await chart(Plotly, mine.canvas, data, layout, { responsive: false })
  mine.canvas.setAttribute("role", "img")
  mine.canvas.setAttribute("aria-label", `${mine.panel.title}: chart of ${data.length} traces`)
  mine.whole.hidden = !mine.zoom.x && !mine.zoom.y
  if (!mine.wired) {
    mine.wired = true
    mine.canvas.on("plotly_relayout", change => zoomed(state, mine, change))
  }
}

async function drawAll(state) {
  let Plotly
  try {
    Plotly = await plotly(state.data.plotly)
  } catch (error) {
    state.message.textContent = `The chart library did not load from ${error.message}. Reload the page.`
    return
  }
  if (!state.grid.isConnected || !state.grid.clientWidth) return
  const begun = performance.now()
  state.drawing = true
  for (const mine of state.boxes.values()) {
    await draw(state, Plotly, mine)
    if (state.gone) return
  }
  state.drawing = false
  state.root.dataset.drawn = 1 + Number(state.root.dataset.drawn ?? 0)
  state.root.dataset.milliseconds = (performance.now() - begun).toFixed(1)
}

async function save(state, mine) {
  const Plotly = await plotly(state.data.plotly)
  const { data, layout, palette } = figureOf(state, mine)
  const names = state.data.legend.map(each => each.name)
  const width = Math.max(mine.canvas.clientWidth, 800)
  const size = trace => trace.mode === "markers" ? Number([trace.marker?.size ?? 6].flat()[0]) : trace.line?.width ?? 0
  const seen = new Map()
  for (const trace of data) {   // the legend lies beside the chart on the page; the picture needs its own
    trace.showlegend = false
    if (trace.meta !== undefined && size(trace) > (seen.has(trace.meta) ? size(seen.get(trace.meta)) : 0)) seen.set(trace.meta, trace)
  }
  for (const [meta, trace] of seen) Object.assign(trace, { showlegend: true, name: names[meta] ?? trace.name })
  const rows = seen.size && seen.size <= 24 ? seen.size : 0
  Object.assign(layout.font, { family: "sans-serif" })   // a picture takes no font of the page along: what is measured must be what is drawn
  if (layout.yaxis) layout.yaxis.automargin = true
  Object.assign(layout, { width, height: layout.height + 50 + 22 * rows, paper_bgcolor: palette.paper, showlegend: rows > 0,
    title: { text: mine.title.textContent, x: 0.02, font: { size: 16 } }, legend: { orientation: "v", y: -0.25, x: 0, yanchor: "top" } })
  layout.margin = { ...layout.margin, t: layout.margin.t + 36 }
  const address = await Plotly.toImage({ data, layout, config: {} }, { format: "png", width, height: layout.height, scale: 2 })
  const link = document.createElement("a")
  link.href = address
  link.download = `${state.data.file}-${mine.id.replace(/[^\w.]+/g, "-")}.png`
  link.click()
}

function legend(state) {
  const palette = state.data.palettes[state.look.dark ? "dark" : "light"]
  state.legend.replaceChildren(...state.data.legend.map((each, place) => {
    const item = element("button", "ink-key")
    item.type = "button"
    item.setAttribute("aria-pressed", !state.hidden.has(place))
    item.title = "Hide or show"
    const swatch = element("span", "ink-swatch")
    swatch.style.borderTopColor = painted(each.colour, palette)
    swatch.style.borderTopStyle = { solid: "solid", dash: "dashed", dot: "dotted", dashdot: "dashed" }[each.dash]
    item.append(swatch, element("span", "ink-name", each.name), element("span", "ink-note", each.note))
    item.onclick = () => {
      state.hidden.has(place) ? state.hidden.delete(place) : state.hidden.add(place)
      legend(state)
      drawAll(state)
    }
    return item
  }))
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".ink-charts")
  let state = grids.get(parentElement)
  if (!state) {
    state = { root, boxes: new Map(), hidden: new Set(), legend: element("div", "ink-keys"), message: element("p", "ink-message"),
      grid: element("div", "ink-tiles") }
    root.replaceChildren(state.legend, state.message, state.grid)
    state.watch = new ResizeObserver(() => {
      cancelAnimationFrame(state.frame)
      state.frame = requestAnimationFrame(() => {
        if (state.width !== state.grid.clientWidth) { state.width = state.grid.clientWidth; drawAll(state) }
      })
    })
    state.watch.observe(state.grid)
    grids.set(parentElement, state)
  }
  const shape = JSON.stringify(data.legend.map(each => each.name))
  if (shape !== state.names) { state.names = shape; state.hidden.clear() }
  state.data = data
  state.look = look(root)
  const wanted = new Set(data.panels.map(panel => panel.id))
  for (const [id, mine] of state.boxes) if (!wanted.has(id)) {
    unchart(mine.canvas)
    mine.root.remove()
    state.boxes.delete(id)
  }
  data.panels.forEach((panel, place) => {
    if (!state.boxes.has(panel.id)) state.boxes.set(panel.id, box(state, panel.id))
    const mine = state.boxes.get(panel.id)
    if (mine.panel && mine.panel.figure.layout.uirevision !== panel.figure.layout.uirevision) mine.zoom = {}
    mine.panel = panel
    mine.title.textContent = panel.title
    mine.hint.textContent = panel.hint
    mine.root.classList.toggle("ink-wide", panel.wide)
    mine.canvas.style.minHeight = `${panel.figure.layout.height}px`
    if (state.grid.children[place] !== mine.root) state.grid.insertBefore(mine.root, state.grid.children[place] ?? null)
  })
  legend(state)
  const packed = JSON.stringify([data.panels, state.look, state.grid.clientWidth])
  if (packed !== state.packed) { state.packed = packed; drawAll(state) }
  return () => {
    state.watch.disconnect()
    state.gone = true
    for (const mine of state.boxes.values()) unchart(mine.canvas)
    grids.delete(parentElement)
  }
}
