// The latent panel: holds a Latent (seed, edits, moves, truncation, label), draws its sliders and shows its picture.
// It asks an address of the server (ui/quick_made.py) for the picture; no page runs for that. Where a slider is let go
// the page hears of it, too. Where the address does not answer, the page makes all pictures. One message is under way
// at a time; what happens meanwhile goes as one, newest state, when the answer is there.

const GAP = 40          // ms between two messages
const PATIENCE = 1500   // ms until an answer is given up as lost
const REACH = 3.5       // of an index slider; what lies beyond widens it
const REST = 200        // ms without a new message until the rest of the page is told of the picture
const panels = new WeakMap()

const copy = value => JSON.parse(JSON.stringify(value))
const round = value => Math.round(value * 1000) / 1000

function send(panel, up) {
  clearTimeout(panel.later)
  panel.dirty = false
  panel.waiting = ++panel.number
  panel.at = performance.now()
  clearTimeout(panel.ringing)
  panel.ring = up ? panel.number : null
  const message = { n: panel.number, generation: panel.generation, up, state: copy(panel.state) }
  if (panel.asks) ask(panel, message)
  else panel.set("moved", message)
}

async function ask(panel, message) {
  const asked = panel.asks
  try {
    const reply = await fetch(asked, { method: "POST", body: JSON.stringify(message.state) })
    if (!reply.ok) throw new Error(reply.statusText)
    const answer = await reply.json()
    if (message.n > panel.drawn && message.generation === panel.generation) draw(panel, answer, message.n)
    if (message.up && message.n === panel.number) panel.set("moved", message)   // the address, and what stands below
    if (message.n === panel.waiting) panel.waiting = 0
    pump(panel)
  } catch {
    panel.broken = asked   // a server that began anew, or a proxy that lets nothing through: the page makes it instead
    panel.asks = ""
    if (message.n === panel.number) panel.set("moved", message)
  }
}

function draw(panel, answer, n) {
  panel.drawn = n
  if (panel.image.src !== answer.image) panel.image.src = answer.image
  panel.image.alt = answer.alt
  if (panel.image.dataset.seen !== String(n)) panel.image.dataset.seen = n
  panel.said.textContent = answer.said
}

function pump(panel) {
  if (!panel.dirty) return
  const now = performance.now()
  const wait = panel.waiting && now - panel.at < PATIENCE ? panel.at + PATIENCE - now : panel.at + GAP - now
  clearTimeout(panel.later)
  if (wait > 0) panel.later = setTimeout(() => pump(panel), wait)
  else send(panel, false)
}

function remember(panel) {
  panel.past.push(copy(panel.state))
  if (panel.past.length > 100) panel.past.shift()
  panel.future = []
}

function change(panel, edit) {
  remember(panel)
  edit(panel.state)
  shown(panel)
  send(panel, true)
}

function step(panel, from, to) {
  if (!from.length) return
  to.push(copy(panel.state))
  panel.state = from.pop()
  shown(panel)
  send(panel, true)
}

function value(panel, slider) {
  const { kind, name } = slider
  if (kind === "move") return panel.state.moves?.[name] ?? 0
  if (kind === "truncation") return panel.state.truncation ?? 1
  const own = panel.state.edits?.[name]
  return own ?? panel.base[name] * (panel.state.truncation ?? 1)
}

function put(panel, slider, number) {
  const { kind, name } = slider
  if (kind === "truncation") panel.state.truncation = round(number)
  else if (kind === "move") {
    panel.state.moves ??= {}
    if (number) panel.state.moves[name] = round(number)
    else delete panel.state.moves[name]
  } else (panel.state.edits ??= {})[name] = round(number)
}

function row(panel, kind, name, label, low, high, note) {
  const line = document.createElement("div")
  line.className = `row ${kind}`
  line.innerHTML = `<label><span class="name"></span><input type="range" step="0.05"><output></output></label>
    <button type="button" class="zero" title="Put this one back">↺</button>`
  line.querySelector(".name").textContent = label
  if (note) line.title = note
  const slider = { kind, name, line, low, high, input: line.querySelector("input"), output: line.querySelector("output") }
  slider.input.setAttribute("aria-label", label)
  if (kind === "edit") {
    const lock = document.createElement("button")
    lock.type = "button"
    lock.className = "lock"
    lock.title = "Lock: Randomise leaves it alone"
    lock.onclick = () => {
      if (panel.locked.has(name)) panel.locked.delete(name)
      else panel.locked.add(name)
      shown(panel)
    }
    line.append(lock)
    slider.lock = lock
  }
  slider.input.onpointerdown = () => { slider.before = copy(panel.state) }
  slider.input.oninput = () => {
    if (!slider.held) {   // the first change of a move: undo goes back to before it
      slider.held = true
      remember(panel)
    }
    put(panel, slider, Number(slider.input.value))
    told(panel, slider)
    buttons(panel)
    panel.dirty = true
    pump(panel)
  }
  slider.input.onchange = () => {
    slider.held = false
    send(panel, true)   // the last word does not wait for an answer
  }
  line.querySelector(".zero").onclick = () => change(panel, state => {
    if (kind === "edit") delete state.edits?.[name]
    else put(panel, slider, kind === "truncation" ? 1 : 0)
  })
  panel.sliders.push(slider)
  return line
}

function told(panel, slider) {
  const number = value(panel, slider)
  slider.output.textContent = number.toFixed(2)
  const changed = slider.kind === "edit" ? panel.state.edits?.[slider.name] !== undefined
    : slider.kind === "truncation" ? number !== 1 : number !== 0
  slider.line.classList.toggle("changed", changed)
}

function reach(panel) {   // truncation draws the seed's own numbers to the middle: of a sum, none is left
  const none = panel.base.every((_, index) => panel.state.edits?.[index] !== undefined)
  panel.truncation.input.disabled = none
  panel.why.hidden = !none
}

function buttons(panel) {
  reach(panel)
  panel.undo.disabled = !panel.past.length
  panel.redo.disabled = !panel.future.length
  const { seed, label, ...rest } = panel.state
  panel.reset.disabled = !Object.values(rest).some(each => typeof each === "object" ? Object.keys(each).length : each !== 1)
}

function shown(panel) {
  for (const slider of panel.sliders) {
    const number = value(panel, slider)
    slider.input.min = Math.min(slider.low, number)
    slider.input.max = Math.max(slider.high, number)
    if (document.activeElement !== slider.input || !slider.held) slider.input.value = number
    told(panel, slider)
    if (slider.lock) {
      const locked = panel.locked.has(slider.name)
      slider.lock.textContent = locked ? "🔒" : "🔓"
      slider.lock.setAttribute("aria-pressed", locked)
      slider.lock.setAttribute("aria-label", `Lock number ${slider.name}`)
    }
  }
  if (panel.classes) panel.classes.value = String(panel.state.label ?? 0)
  buttons(panel)
}

function searched(panel) {
  const words = panel.search.value.trim().toLowerCase()
  let found = 0
  panel.numbers.querySelectorAll(".row").forEach((line, index) => {
    const fits = !words || (/^\d+$/.test(words) ? String(index) === words : (panel.notes[index] ?? "").toLowerCase().includes(words))
    line.hidden = !fits
    found += fits
  })
  panel.none.hidden = found > 0
}

const dice = () => Math.floor(Math.random() * 2 ** 31)
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())

function build(panel, parent, data) {
  const find = name => parent.querySelector(`.${name}`)
  panel.image = parent.querySelector("img")
  Object.assign(panel, { said: find("said"), undo: find("undo"), redo: find("redo"), reset: find("reset"), numbers: find("numbers"), none: find("none"), search: parent.querySelector("input[type=search]") })
  const named = find("named")
  named.replaceChildren()
  panel.numbers.replaceChildren()
  panel.sliders = []
  if (data.classes.length) {
    const line = document.createElement("label")
    line.className = "classes"
    line.innerHTML = "<span>Class</span><select aria-label='Class'></select>"
    panel.classes = line.querySelector("select")
    panel.classes.append(...data.classes.map((name, place) => new Option(name, place)))
    panel.classes.onchange = () => change(panel, state => { state.label = Number(panel.classes.value) })
    named.append(line)
  } else panel.classes = null
  for (const each of data.named) named.append(row(panel, "move", each.name, each.name, each.low, each.high, each.note))
  named.append(row(panel, "truncation", "truncation", "truncation", 0, 1.5, "How far from the middle: less is more ordinary"))
  panel.truncation = panel.sliders.at(-1)
  panel.why = document.createElement("p")
  panel.why.className = "why"
  panel.why.textContent = "Truncation changes only the seed's own numbers, and this picture has none of them."
  named.append(panel.why)
  data.base.forEach((_, index) => panel.numbers.append(row(panel, "edit", index, String(index), -REACH, REACH, data.notes[index])))
  panel.undo.onclick = () => step(panel, panel.past, panel.future)
  panel.redo.onclick = () => step(panel, panel.future, panel.past)
  panel.reset.onclick = () => change(panel, state => { delete state.moves; delete state.edits; delete state.truncation })
  find("dice").onclick = () => change(panel, state => { state.seed = dice(); delete state.edits; delete state.moves })
  find("mix").onclick = () => change(panel, state => {
    const edits = {}
    panel.base.forEach((_, index) => {
      edits[index] = round(panel.locked.has(index) ? value(panel, { kind: "edit", name: index }) : normal())
    })
    state.edits = edits
  })
  find("back").onclick = () => change(panel, state => { delete state.edits })
  panel.search.oninput = () => searched(panel)
}

function dressed(root) {   // the browser's own sliders and boxes follow the page's ground
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  root.style.colorScheme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light"
}

export default function ({ data, parentElement, setStateValue }) {
  let panel = panels.get(parentElement)
  const fresh = !panel
  if (fresh) {
    panel = { past: [], future: [], locked: new Set(), number: data.seen, drawn: -1, at: 0, waiting: 0, generation: data.generation, model: null, state: data.state }
    panels.set(parentElement, panel)
  }
  panel.set = setStateValue
  panel.asks = data.asks === panel.broken ? "" : data.asks
  dressed(parentElement.querySelector(".panel"))
  panel.base = data.base
  panel.notes = data.notes
  const kinds = JSON.stringify([data.model, data.named, data.classes])
  if (panel.model !== kinds) {
    panel.model = kinds
    build(panel, parentElement, data)
    panel.locked.clear()
    if (!fresh) panel.past = panel.future = []
    panel.state = copy(data.state)
    panel.generation = data.generation
  } else if (data.generation !== panel.generation) {
    panel.generation = data.generation
    remember(panel)
    panel.state = copy(data.state)
    panel.waiting = 0
  }
  if (data.seen === panel.waiting) panel.waiting = 0
  if (panel.ring && data.seen === panel.ring) {   // let go and answered: what else shows this picture may follow
    const detail = panel.ring
    panel.ring = null
    panel.ringing = setTimeout(() => document.dispatchEvent(new CustomEvent("inkling-latent", { detail })), REST)
  }
  // a page that ran for an older message must not take back what the address has drawn since
  if (data.seen >= panel.drawn || data.generation !== panel.shown) draw(panel, data, data.seen)
  panel.shown = data.generation
  shown(panel)
  pump(panel)
  return () => {
    clearTimeout(panel.later)
    clearTimeout(panel.ringing)
    panels.delete(parentElement)
  }
}
