// The table of runs. Rows are drawn from what Python sends; a tick shows at once and Python answers later.

const tables = new WeakMap()

function element(name, text, classes) {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (classes) made.className = classes
  return made
}

function heads(state) {
  const row = element("tr")
  const all = element("input")
  all.type = "checkbox"
  const ticked = state.data.rows.filter(each => each.ticked === 2).length
  all.checked = ticked > 0 && ticked === state.data.rows.length
  all.indeterminate = ticked > 0 && !all.checked
  all.setAttribute("aria-label", "Choose all that are listed")
  all.title = "All that are listed"
  all.onchange = () => state.trigger("tick", { rows: state.data.rows.map(each => each.key), on: all.checked })
  const first = element("th", undefined, "tick")
  first.append(all)
  row.append(first, element("th", undefined, "pin"))
  for (const column of state.data.columns) {
    const head = element("th", undefined, column.kind)
    const sorted = column.key === state.data.sort
    head.setAttribute("aria-sort", sorted ? (state.data.down ? "descending" : "ascending") : "none")
    const label = element("button", column.label)
    label.type = "button"
    label.title = column.hint || `Sort by ${column.label.toLowerCase()}`
    if (sorted) label.append(element("i", state.data.down ? " ↓" : " ↑"))
    label.onclick = () => state.trigger("sort", column.key)
    head.append(label)
    row.append(head)
  }
  return row
}

function line(state, each, dark) {
  const row = element("tr")
  row.dataset.key = each.key
  row.dataset.status = each.status
  row.classList.toggle("chosen", each.ticked > 0)
  row.classList.toggle("pinned", each.pinned)
  const colour = dark ? each.dark : each.light
  if (colour) row.style.setProperty("--swatch", colour)
  const tick = element("input")
  tick.type = "checkbox"
  tick.checked = each.ticked === 2
  tick.indeterminate = each.ticked === 1
  tick.setAttribute("aria-label", `Compare ${each.title}`)
  tick.onchange = () => {
    row.classList.toggle("chosen", tick.checked)
    state.trigger("tick", { rows: [each.key], on: tick.checked })
  }
  const first = element("td", undefined, "tick")
  first.append(tick)
  const pin = element("button", each.pinned ? "●" : "○")
  pin.type = "button"
  pin.setAttribute("aria-pressed", each.pinned)
  pin.setAttribute("aria-label", `Keep ${each.title} on top`)
  pin.title = each.pinned ? "Let it go" : "Keep it on top"
  pin.onclick = () => state.trigger("pin", each.key)
  const second = element("td", undefined, "pin")
  second.append(pin)
  row.append(first, second)
  each.cells.forEach((text, place) => {
    const kind = state.data.columns[place].kind
    const cell = element("td", undefined, kind)
    if (kind === "tags") for (const tag of text ? text.split("\t") : []) cell.append(element("span", tag))
    else cell.textContent = text
    if (text.length > 18) cell.title = text.replaceAll("\t", ", ")
    row.append(cell)
  })
  row.onclick = event => { if (!event.target.closest("input, button")) { tick.checked = !tick.checked; tick.onchange() } }
  return row
}

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame")
  let state = tables.get(parentElement)
  if (!state) { state = {}; tables.set(parentElement, state) }
  Object.assign(state, { data, trigger: setTriggerValue })
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(frame).getPropertyValue("--st-background-color").trim() || "#fff"
  const dark = parseInt(probe.fillStyle.slice(3, 5), 16) < 128
  const packed = JSON.stringify([data, dark])
  if (packed === state.packed) return
  state.packed = packed
  const focused = parentElement.activeElement ?? frame.getRootNode().activeElement
  const at = focused?.closest?.("tr")?.dataset.key, what = focused?.tagName
  frame.querySelector("thead").replaceChildren(heads(state))
  frame.querySelector("tbody").replaceChildren(...data.rows.map(each => line(state, each, dark)))
  if (at) frame.querySelector(`tr[data-key="${at}"] ${what.toLowerCase()}`)?.focus()   // the keyboard stays where it was
  frame.dataset.rows = data.rows.length
  const foot = parentElement.querySelector("p")
  foot.replaceChildren()
  foot.hidden = !data.more && data.rows.length > 0
  if (!data.rows.length) foot.textContent = data.empty
  else if (data.more) {
    const more = element("button", data.more)
    more.type = "button"
    more.onclick = () => setTriggerValue("more", true)
    foot.append(more)
  }
}
