// Curves that grow: one small plotly chart per panel, drawn again in place (no remount), so that a zoom stays.
// Python sends everything once (`full`), then only what came after it; a page that missed the beginning asks for it.

const plots = new WeakMap()   // the mounted element -> its state

function floats(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}

function joined(first, second) {
  if (!second) return first
  if (!first) return second
  return first.map((column, index) => {
    const both = new Float32Array(column.length + second[index].length)
    both.set(column)
    both.set(second[index], column.length)
    return both
  })
}

function unpacked(lines) {
  return Object.fromEntries(Object.entries(lines).map(([run, metrics]) =>
    [run, Object.fromEntries(Object.entries(metrics).map(([name, columns]) => [name, columns.map(floats)]))]))
}

function merged(base, news) {
  const all = { ...base }
  for (const [run, metrics] of Object.entries(news)) {
    all[run] = { ...all[run] }
    for (const [name, columns] of Object.entries(metrics)) all[run][name] = joined(all[run][name], columns)
  }
  return all
}

function look(element) {
  const style = getComputedStyle(element)
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = read("--st-background-color", "#ffffff")
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  return {
    dark: 0.299 * red + 0.587 * green + 0.114 * blue < 128,
    ink: read("--st-text-color", "#222222"),
    paper: read("--st-background-color", "#ffffff"),
    faint: read("--st-border-color", "#dddddd"),
    font: read("--st-font", "sans-serif"),
  }
}

function element(name, classes, text) {
  const made = document.createElement(name)
  made.className = classes
  if (text !== undefined) made.textContent = text
  return made
}

function toggle(text, title, pressed, act) {
  const button = element("button", "ink-toggle", text)
  button.type = "button"
  button.title = title
  button.setAttribute("aria-pressed", pressed)
  button.onclick = act
  return button
}

function build(root, state) {
  root.replaceChildren()
  const bar = element("div", "ink-bar")
  state.legend = element("div", "ink-legend")
  const axes = element("div", "ink-axes")
  axes.setAttribute("role", "group")
  axes.setAttribute("aria-label", "Horizontal axis")
  state.axisButtons = Object.keys(state.data.axes).map(axis => {
    const button = toggle(axis, `Draw against ${axis}`, axis === state.axis, () => {
      state.axis = axis
      state.xrange = null
      state.axisButtons.forEach(each => each.setAttribute("aria-pressed", each === button))
      draw(state, true)
    })
    axes.append(button)
    return button
  })
  state.reset = toggle("whole", "Forget the zoom (or double-click a chart)", false, () => {
    state.xrange = null
    state.yrange = {}
    draw(state, true)
  })
  axes.append(state.reset)
  bar.append(state.legend, axes)
  state.grid = element("div", "ink-grid")
  state.message = element("p", "ink-message")
  state.panels = state.data.panels.map(panel => {
    const box = element("figure", `ink-panel ink-${panel.id}`)
    const head = element("figcaption", "ink-head")
    const mine = { ...panel, log: false, canvas: element("div", "ink-canvas"), now: element("span", "ink-now") }
    const log = toggle("log", `Logarithmic axis for ${panel.title.toLowerCase()}`, false, () => {
      mine.log = !mine.log
      log.setAttribute("aria-pressed", mine.log)
      delete state.yrange[mine.id]
      draw(state, true)
    })
    head.append(element("span", "ink-title", panel.title), mine.now, log)
    box.append(head, mine.canvas)
    state.grid.append(box)
    return mine
  })
  root.append(bar, state.message, state.grid)
  state.watch = new ResizeObserver(() => {
    cancelAnimationFrame(state.frame)
    state.frame = requestAnimationFrame(() => draw(state, true))
  })
  state.watch.observe(state.grid)
}

function legend(state) {
  const parts = state.data.runs.map(run => {
    const item = element("span", "ink-run")
    const swatch = element("span", "ink-swatch")
    swatch.style.borderTopColor = state.look.dark ? run.dark : run.light
    swatch.style.borderTopStyle = { solid: "solid", dash: "dashed", dot: "dotted", dashdot: "dashed" }[run.dash]
    item.append(swatch, element("span", "ink-name", run.name))
    item.title = `run ${run.id}`
    return item
  })
  if (parts.length) parts.push(element("span", "ink-hint", state.data.hint))
  state.legend.replaceChildren(...parts)
}

function traces(state, panel) {
  const column = Object.keys(state.data.axes).indexOf(state.axis)   // packed as epochs, steps, seconds, values
  const made = []
  for (const run of [...state.data.runs].reverse()) {   // the open run comes first in the legend and lies on top
    const colour = state.look.dark ? run.dark : run.light
    for (const metric of panel.metrics) {
      const line = state.lines[run.id]?.[metric]
      if (!line || !line[3].length) continue
      const train = (metric.startsWith("train/") || (metric.startsWith("gan/") && metric !== panel.metrics.at(-1))) && panel.metrics.length > 1
      made.push({
        type: "scatter",
        mode: !train && line[3].length < 25 ? "lines+markers" : "lines",
        x: line[column],
        y: line[3],
        name: `${run.name} · ${metric}`,
        opacity: train ? 0.5 : 1,
        line: { color: colour, width: train ? 1.3 : 2.2, dash: run.dash },
        marker: { size: 5 },
        hovertemplate: `${metric} %{y:.4~g}<extra>${escaped(run.name)}</extra>`,
      })
    }
  }
  return made
}

function escaped(text) {
  return text.replace(/[&<>%{}]/g, letter => `&#${letter.charCodeAt(0)};`)
}

function latest(state, panel) {
  const run = state.data.runs[0]
  const metric = [...panel.metrics].reverse().find(name => state.lines[run?.id]?.[name]?.[3].length)
  if (!metric) return ""
  const values = state.lines[run.id][metric][3]
  const value = values[values.length - 1]
  if (!Number.isFinite(value)) return "not a number"
  if (panel.id === "accuracy") return `${(100 * value).toFixed(2)} %`
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1)
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3)
}

function layout(state, panel) {
  const { look } = state
  const axis = {
    color: look.ink, gridcolor: look.faint, linecolor: look.faint, zeroline: false, automargin: true,
    tickfont: { size: 11 }, title: { font: { size: 11 }, standoff: 6 },
  }
  const touch = matchMedia("(pointer: coarse)").matches
  const made = {
    autosize: true,
    height: panel.metrics.length > 1 ? 230 : 165,
    margin: { l: 44, r: 10, t: 8, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: look.font, color: look.ink, size: 12 },
    showlegend: false,
    hovermode: "closest",
    dragmode: touch ? false : "zoom",
    hoverlabel: { bgcolor: look.paper, bordercolor: look.faint, font: { color: look.ink, size: 12 } },
    uirevision: `${state.axis} ${panel.log}`,
    xaxis: { ...axis, title: { ...axis.title, text: state.data.axes[state.axis] }, rangemode: "tozero" },
    yaxis: { ...axis, type: panel.log ? "log" : "linear", nticks: panel.log ? undefined : 6 },
  }
  if (spread(state, panel) < 0) made.yaxis.showticklabels = false   // no point yet: plotly's own range would be made up
  if (panel.id === "accuracy") made.yaxis.tickformat = spread(state, panel) < 0.05 ? ".1%" : ".0%"
  else if (!panel.log) made.yaxis.rangemode = "tozero"   // a constant rate is a line on a scale, not a scale around it
  if (state.xrange) Object.assign(made.xaxis, { range: [...state.xrange], autorange: false })
  if (state.yrange[panel.id]) Object.assign(made.yaxis, { range: [...state.yrange[panel.id]], autorange: false })
  return made
}

function spread(state, panel) {
  if (state.yrange[panel.id] && !panel.log) return state.yrange[panel.id][1] - state.yrange[panel.id][0]
  let [low, high] = [1, 0]
  for (const run of state.data.runs)
    for (const metric of panel.metrics)
      for (const value of state.lines[run.id]?.[metric]?.[3] ?? []) { low = Math.min(low, value); high = Math.max(high, value) }
  return high - low
}

function zoomed(state, panel, change) {
  if (state.drawing) return
  const x = change["xaxis.range"] ?? (change["xaxis.range[0]"] !== undefined && [change["xaxis.range[0]"], change["xaxis.range[1]"]])
  const y = change["yaxis.range"] ?? (change["yaxis.range[0]"] !== undefined && [change["yaxis.range[0]"], change["yaxis.range[1]"]])
  if (change["xaxis.autorange"]) { state.xrange = null; state.yrange = {} }
  if (change["yaxis.autorange"]) delete state.yrange[panel.id]
  if (x) state.xrange = x
  if (y) state.yrange[panel.id] = y
  if (x || y || change["xaxis.autorange"] || change["yaxis.autorange"]) draw(state, true)   // the other panels follow
}

async function draw(state, force) {
  let Plotly
  try {
    Plotly = await plotly(state.data.plotly)
  } catch (error) {
    state.message.textContent = `The chart library did not load from ${error.message}. Reload the page.`
    return
  }
  const width = state.grid.clientWidth
  if (!width || !state.grid.isConnected) return
  const shape = JSON.stringify([state.data.runs, state.axis, state.look, width,
    Object.entries(state.lines).map(([run, each]) => [run, Object.values(each).map(line => line[3].length)])])
  if (!force && shape === state.shape) return
  state.shape = shape
  state.reset.hidden = !state.xrange && !Object.keys(state.yrange).length
  state.message.textContent = state.data.runs.length ? "" : state.data.empty
  state.grid.dataset.points = Object.values(state.lines).flatMap(Object.values).reduce((sum, line) => sum + line[3].length, 0)
  state.drawing = true
  for (const panel of state.panels) {
    const lines = traces(state, panel)
    panel.now.textContent = latest(state, panel)
    await chart(Plotly, panel.canvas, lines, layout(state, panel))
    if (state.gone) return
    panel.canvas.setAttribute("role", "img")
    panel.canvas.setAttribute("aria-label", `${panel.title} of ${lines.length} curves; latest ${panel.now.textContent || "nothing yet"}`)
    if (!panel.wired) {
      panel.wired = true
      panel.canvas.on("plotly_relayout", change => zoomed(state, panel, change))
    }
  }
  state.drawing = false
  state.grid.dataset.draws = 1 + Number(state.grid.dataset.draws ?? 0)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ink-plot")
  let state = plots.get(parentElement)
  if (!state) {
    state = { axis: "epochs", xrange: null, yrange: {}, lines: {}, data }
    plots.set(parentElement, state)
    build(root, state)
  }
  state.data = data
  state.look = look(root)
  if (data.full) {
    state.base = data.base
    state.whole = unpacked(data.lines)
    state.lines = state.whole
  } else if (data.base === state.base) {
    state.lines = merged(state.whole, unpacked(data.lines))
  } else if (state.asked !== data.base) {
    state.asked = data.base
    setTriggerValue("resync", data.base)
  }
  legend(state)
  draw(state, false)
  return () => {
    state.watch.disconnect()
    state.gone = true
    state.panels.forEach(panel => unchart(panel.canvas))
    plots.delete(parentElement)
  }
}
