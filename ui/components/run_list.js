// The runs of the lab: a click opens one, a tick lays it over the open one. Rows are kept and only their texts change.

const lists = new WeakMap()
const PATIENCE = 2000   // milliseconds in which the page may still speak of the ticks before the last click

function put(element, text) { if (element.textContent !== text) element.textContent = text }

function row(state, id) {
  const item = document.createElement("li")
  item.innerHTML = `<input type="checkbox"><button type="button"><div class="name"><i></i><span></span></div>
    <div class="facts"><span></span><b></b></div></button><div class="bar"><div></div></div>`
  const [tick, open, bar] = item.children
  tick.onchange = () => {
    const shown = new Set(state.data.beside)
    tick.checked ? shown.add(id) : shown.delete(id)
    state.data.beside = [...shown]
    state.told = { beside: state.data.beside, until: Date.now() + PATIENCE }
    state.set("beside", [...shown])
  }
  open.onclick = () => state.trigger("open", id)
  return { item, tick, open, bar, number: item.querySelector("i"), name: item.querySelector(".name span"),
    facts: item.querySelector(".facts span"), accuracy: item.querySelector("b"), fill: bar.firstChild }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let state = lists.get(parentElement)
  if (!state) {
    state = { rows: new Map() }
    lists.set(parentElement, state)
  }
  Object.assign(state, { data: { ...data }, set: setStateValue, trigger: setTriggerValue })
  if (state.told && Date.now() < state.told.until && String(state.told.beside) !== String(data.beside)) {
    state.data.beside = state.told.beside   // a tick must not flicker because this message was made before it
  } else state.told = null
  const { beside } = state.data
  const root = parentElement.querySelector(".runs")
  put(root.querySelector(".head span"), data.summary)
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff"
  const dark = parseInt(probe.fillStyle.slice(3, 5), 16) < 128
  const list = root.querySelector("ul")
  if (!state.rows.size) list.replaceChildren()   // mounted anew: rows of before are still on the page
  const wanted = new Set(data.runs.map(run => run.id))
  for (const [id, each] of state.rows) if (!wanted.has(id)) { each.item.remove(); state.rows.delete(id) }
  data.runs.forEach((run, place) => {
    if (!state.rows.has(run.id)) state.rows.set(run.id, row(state, run.id))
    const each = state.rows.get(run.id)
    if (list.children[place] !== each.item) list.insertBefore(each.item, list.children[place] ?? null)
    const isOpen = run.id === data.open
    each.item.setAttribute("aria-current", isOpen)
    each.item.style.setProperty("--swatch", dark ? run.dark : run.light)
    each.item.dataset.status = run.status
    each.tick.checked = isOpen || beside.includes(run.id)
    each.tick.onclick = event => { if (isOpen) event.preventDefault() }   // what is open is always drawn
    each.tick.setAttribute("aria-disabled", isOpen)
    each.tick.title = isOpen ? "This run is open" : "Lay this run over the open one"
    each.tick.setAttribute("aria-label", `Show the curves of run ${run.id}, ${run.name}`)
    put(each.number, String(run.id))
    put(each.name, run.name)
    each.name.title = run.name
    put(each.facts, run.facts)
    put(each.accuracy, run.accuracy)
    each.bar.hidden = run.share === null
    if (run.share !== null) each.fill.style.width = `${(100 * run.share).toFixed(1)}%`
  })
  return () => lists.delete(parentElement)
}
