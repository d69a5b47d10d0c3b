// The ink pad: keeps strokes (not pixels), draws them, and sends them packed while the pen moves and when it is lifted.
// One message is under way at a time; what happens meanwhile is sent as one, newest state, when the answer is there.
// It asks an address of the server (ui/quick.py), and the answer beside it draws the reply: no page runs for that.
// A lifted pen's message goes to the page, too. Where the address does not answer, all of them do.

const UNIT = 10000        // the pad is a square of so many units, whatever its size on the screen
const STEP = 25           // units: points closer than this tell nothing new
const GAP = 45            // ms between two messages: 20 answers a second look like motion, more would starve a class
const PATIENCE = 600      // ms until an answer is given up as lost
const LATE = 150          // ms after which the page hears of a lifted pen though the quick answer is not there
const HOP = 250           // units per arrow key
const MOST = 60000        // numbers in one drawing, as core/data/drawn.py allows
const pads = new WeakMap()
let left = null           // what undo and redo knew when the last pad went: on the next one the drawing is the same

function packed(strokes) {
  const numbers = strokes.flatMap(stroke => [stroke.width, stroke.points.length / 2, ...stroke.points])
  const bytes = new Uint8Array(Uint16Array.from(numbers).buffer)
  let text = ""
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

function unpacked(text) {
  try {
    const bytes = Uint8Array.from(atob(text || ""), letter => letter.charCodeAt(0))
    const numbers = new Uint16Array(bytes.buffer)
    const strokes = []
    for (let at = 0; at + 1 < numbers.length; at += 2 + 2 * numbers[at + 1]) {
      strokes.push({ width: numbers[at], points: [...numbers.subarray(at + 2, at + 2 + 2 * numbers[at + 1])] })
    }
    return strokes
  } catch {
    return []   // a damaged text is an empty pad
  }
}

function remembered(pad, value) {
  try {
    if (value === undefined) return sessionStorage.getItem(pad.store)
    sessionStorage.setItem(pad.store, value)
  } catch { /* a browser without storage forgets on reload */ }
  return null
}

function send(pad, up) {
  clearTimeout(pad.later)
  pad.dirty = false
  pad.waiting = ++pad.number
  pad.sent = performance.now()
  const ink = packed(pad.strokes)
  if (up) {
    remembered(pad, ink)
    pad.ring = pad.number
  }
  const message = { n: pad.number, up, ink }
  if (pad.asks) ask(pad, message)
  else tell(pad, message)
}

function tell(pad, message) {
  if (message.n <= pad.told) return   // a later one was faster
  pad.told = message.n
  pad.setStateValue("ink", message)
}

async function ask(pad, message) {
  const asked = pad.asks
  const late = message.up && setTimeout(() => tell(pad, message), LATE)
  try {
    const reply = await fetch(asked, { method: "POST", body: message.ink })
    if (!reply.ok) throw new Error(reply.statusText)
    const said = await reply.json()
    document.dispatchEvent(new CustomEvent("inkling-read", { detail: { asked, n: message.n, said } }))
  } catch {
    pad.broken = asked   // a server that began anew, or a proxy that lets nothing through: the page reads instead
    pad.asks = pad.asks === asked ? "" : pad.asks
    pad.dirty ||= !message.up && message.n === pad.number
  }
  if (message.up) {
    clearTimeout(late)
    tell(pad, message)
  }
  if (message.n === pad.waiting) {
    pad.waiting = 0
    pump(pad)
  }
}

function pump(pad) {
  if (!pad.dirty) return
  const now = performance.now()
  const wait = pad.waiting && now - pad.sent < PATIENCE ? pad.sent + PATIENCE - now : pad.sent + GAP - now
  clearTimeout(pad.later)
  if (wait > 0) pad.later = setTimeout(() => pump(pad), wait)
  else send(pad, false)
}

function change(pad, strokes) {
  pad.past.push(pad.strokes)
  pad.future = []
  pad.strokes = strokes
  shown(pad)
}

function back(pad, from, to) {
  if (pad.stroke || !from.length) return
  to.push(pad.strokes)
  pad.strokes = from.pop()
  shown(pad)
  send(pad, true)
}

function clear(pad) {
  if (pad.stroke) lift(pad)
  if (!pad.strokes.length) return
  change(pad, [])
  send(pad, true)
}

function shown(pad) {
  pad.undo.disabled = !pad.past.length
  pad.redo.disabled = !pad.future.length
  pad.clear.disabled = !pad.strokes.length
  pad.root.classList.toggle("inked", pad.strokes.length > 0)
  cancelAnimationFrame(pad.frame)
  pad.frame = requestAnimationFrame(() => paint(pad))
}

function paint(pad) {
  const ratio = window.devicePixelRatio || 1
  const side = Math.round(pad.canvas.clientWidth * ratio)
  if (!side) return
  if (pad.canvas.width !== side) pad.canvas.width = pad.canvas.height = side
  const pen = pad.canvas.getContext("2d")
  const scale = side / UNIT
  pen.clearRect(0, 0, side, side)
  pen.lineCap = pen.lineJoin = "round"
  pen.strokeStyle = pen.fillStyle = getComputedStyle(pad.canvas).color
  for (const { width, points } of pad.strokes) {
    pen.lineWidth = width * scale
    pen.beginPath()
    pen.moveTo(points[0] * scale, points[1] * scale)
    if (points.length === 2) pen.lineTo(points[0] * scale, points[1] * scale)
    for (let at = 2; at < points.length; at += 2) pen.lineTo(points[at] * scale, points[at + 1] * scale)
    pen.stroke()
  }
  if (pad.cursor) {   // where the keyboard's pen is
    pen.beginPath()
    pen.lineWidth = 2 * ratio
    pen.arc(pad.cursor[0] * scale, pad.cursor[1] * scale, Math.max(pad.width * scale / 2, 5 * ratio) + 3 * ratio, 0, 7)
    pen.stroke()
  }
}

function begin(pad, x, y) {
  pad.size = pad.strokes.reduce((sum, stroke) => sum + stroke.points.length + 2, 4)
  if (pad.size > MOST) return
  pad.stroke = { width: pad.width, points: [x, y], after: pad.number }
  change(pad, [...pad.strokes, pad.stroke])
  pad.dirty = true
  pump(pad)
}

function draw(pad, x, y) {
  const { points } = pad.stroke
  if (Math.hypot(x - points.at(-2), y - points.at(-1)) < STEP) return
  if (pad.size + 2 > MOST) return
  pad.size += 2
  points.push(x, y)
  pad.dirty = true
}

function lift(pad) {
  if (!pad.stroke) return
  pad.stroke = null
  send(pad, true)   // the last word does not wait for an answer
}

function place(pad, event) {
  const box = pad.canvas.getBoundingClientRect()
  const unit = value => Math.min(Math.max(Math.round(value * UNIT), 0), UNIT)
  return [unit((event.clientX - box.left) / box.width), unit((event.clientY - box.top) / box.height)]
}

function dressed(pad, data) {
  pad.root.querySelector(".invite b").textContent = data.invite
  pad.root.querySelector(".invite span").textContent = data.hint
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(pad.root).getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  pad.root.classList.toggle("dark", 0.299 * red + 0.587 * green + 0.114 * blue < 128)
}

function pointers(pad) {
  const { canvas } = pad
  canvas.onpointerdown = event => {
    if (pad.pointer !== undefined || event.button !== 0) return   // one pen at a time: no palm, no second finger
    event.preventDefault()
    pad.root.classList.add("pointed")   // whoever points needs no focus ring
    canvas.focus({ preventScroll: true })
    canvas.setPointerCapture(event.pointerId)
    pad.pointer = event.pointerId
    pad.cursor = null
    begin(pad, ...place(pad, event))
  }
  canvas.onpointermove = event => {
    if (event.pointerId !== pad.pointer || !pad.stroke) return
    const steps = event.getCoalescedEvents?.() ?? []
    for (const step of steps.length ? steps : [event]) draw(pad, ...place(pad, step))
    shown(pad)
    pump(pad)
  }
  canvas.onpointerup = canvas.onpointercancel = event => {
    if (event.pointerId !== pad.pointer) return
    pad.pointer = undefined
    lift(pad)
  }
  canvas.onblur = () => pad.root.classList.remove("pointed")
  canvas.addEventListener("touchstart", event => event.preventDefault(), { passive: false })   // older Safari scrolls
  canvas.oncontextmenu = event => event.preventDefault()
}

const ARROWS = { ArrowLeft: [-HOP, 0], ArrowRight: [HOP, 0], ArrowUp: [0, -HOP], ArrowDown: [0, HOP] }

function keyboard(pad, event) {
  const target = event.composedPath()[0]
  const here = target === pad.canvas
  if (!here && target !== document.body) return   // somebody is typing elsewhere
  const control = event.ctrlKey || event.metaKey
  const key = event.key.toLowerCase()
  if (control && (key === "y" || (key === "z" && event.shiftKey))) back(pad, pad.future, pad.past)
  else if (control && key === "z") back(pad, pad.past, pad.future)
  else if (key === "escape") clear(pad)
  else if (here && key === " ") {
    pad.cursor ??= [UNIT / 2, UNIT / 2]
    if (pad.stroke) lift(pad)
    else begin(pad, ...pad.cursor)
  } else if (here && ARROWS[event.key]) {
    const [right, down] = ARROWS[event.key]
    const [x, y] = pad.cursor ?? [UNIT / 2, UNIT / 2]
    const clip = value => Math.min(Math.max(value, 0), UNIT)
    pad.cursor = [clip(x + right), clip(y + down)]
    if (pad.stroke) {
      draw(pad, ...pad.cursor)
      pump(pad)
    }
    shown(pad)
  } else return
  pad.root.classList.remove("pointed")
  event.preventDefault()
}

function build(parent, pad) {
  const find = name => parent.querySelector(`.${name}`)
  pad.root = find("pad")
  pad.canvas = parent.querySelector("canvas")
  Object.assign(pad, { undo: find("undo"), redo: find("redo"), clear: find("clear"), slider: find("width"), dot: find("dot") })
  pad.undo.onclick = () => back(pad, pad.past, pad.future)
  pad.redo.onclick = () => back(pad, pad.future, pad.past)
  pad.clear.onclick = () => clear(pad)
  pad.slider.oninput = () => {
    pad.width = Number(pad.slider.value)
    pad.dot.style.setProperty("--pen", pad.width / UNIT)
    const { min, max } = pad.slider
    pad.slider.style.setProperty("--at", `${100 * (pad.width - min) / (max - min)}%`)
  }
  pad.slider.oninput()
  pointers(pad)
  pad.key = event => keyboard(pad, event)
  document.addEventListener("keydown", pad.key)
  pad.watch = new ResizeObserver(() => shown(pad))
  pad.watch.observe(pad.canvas)
}

export default function ({ data, parentElement, setStateValue }) {
  let pad = pads.get(parentElement)
  const fresh = !pad
  let overtaken = false
  if (fresh) {
    pad = { strokes: [], past: [], future: [], number: data.seen, told: data.seen, sent: 0 }
    Object.assign(pad, { store: data.store, generation: data.generation })
    pads.set(parentElement, pad)
    build(parentElement, pad)
    const ink = data.ink ?? remembered(pad) ?? ""
    pad.strokes = unpacked(ink)
    if (left?.ink === ink) Object.assign(pad, { past: left.past, future: left.future })
    else pad.past = pad.strokes.map((_, count) => pad.strokes.slice(0, count))   // undo takes the strokes back one by one
  } else if (data.generation !== pad.generation) {
    pad.generation = data.generation
    // the page put another drawing here; a stroke begun since its last word from the pad belongs to the next one
    const since = pad.strokes.filter(stroke => stroke.after >= data.seen)
    change(pad, [...unpacked(data.ink), ...since])
    overtaken = since.length > 0 && !pad.stroke
  }
  pad.setStateValue = setStateValue
  pad.asks = data.asks === pad.broken ? "" : data.asks
  dressed(pad, data)
  if (data.seen === pad.waiting) pad.waiting = 0
  if (data.seen === pad.ring) {
    pad.ring = null
    setTimeout(() => document.dispatchEvent(new CustomEvent("inkling-answered", { detail: data.seen })))
  }
  shown(pad)
  if (fresh && pad.strokes.length && !data.ink) send(pad, true)   // after a reload only the browser knew the drawing
  if (overtaken) send(pad, true)   // what was sent of it before still had the old strokes in it
  if (data.ink !== null && data.ink !== undefined) remembered(pad, packed(pad.strokes))
  pump(pad)
  return () => {
    left = { ink: packed(pad.strokes), past: pad.past, future: pad.future }
    document.removeEventListener("keydown", pad.key)
    pad.watch.disconnect()
    clearTimeout(pad.later)
    pads.delete(parentElement)
  }
}
