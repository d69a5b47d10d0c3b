// The time machine: every moment of a training is here in the browser, so the slider and the play button need no server.

const machines = new WeakMap()
const SCALES = {   // blue below zero, orange above; the middle is the page's own paper
  light: { below: [[255, 255, 255], [146, 197, 238], [33, 113, 181], [8, 48, 107]], above: [[255, 255, 255], [253, 190, 112], [217, 95, 2], [127, 39, 4]] },
  dark: { below: [[24, 29, 38], [24, 74, 122], [58, 150, 222], [176, 220, 255]], above: [[24, 29, 38], [122, 62, 18], [238, 130, 40], [255, 214, 160]] },
}
const PACE = 650   // milliseconds from one moment to the next

function ramp(stops) {
  return Array.from({ length: 128 }, (_, i) => {
    const at = i / 127 * (stops.length - 1)
    const low = Math.min(Math.floor(at), stops.length - 2)
    return stops[low].map((value, k) => Math.round(value + (stops[low + 1][k] - value) * (at - low)))
  })
}

class Panels {   // kernels or maps of every moment: signed bytes (moments, panels, height, width)
  constructor(root) {
    this.canvas = make("canvas", "panels")
    this.canvas.setAttribute("role", "img")
    root.append(this.canvas)
    this.root = root
  }

  take(values, wide) {
    this.values = values
    ;[this.moments, this.count, this.colours, this.high, this.wide] = values.shape
    this.wished = wide
    this.sheets = []
  }

  sheet(moment, scale) {   // one pixel per number, all panels below each other; made once
    if (this.sheets[moment]) return this.sheets[moment]
    const size = this.high * this.wide
    const made = document.createElement("canvas")
    made.width = this.wide
    made.height = this.high * this.count
    const image = new ImageData(this.wide, this.high * this.count)
    const from = moment * this.count * this.colours * size
    for (let panel = 0; panel < this.count; panel++) {
      for (let k = 0; k < size; k++) {
        const to = 4 * (panel * size + k)
        const at = from + panel * this.colours * size + k
        if (this.colours === 3) for (let c = 0; c < 3; c++) image.data[to + c] = 128 + this.values[at + c * size]
        else {
          const value = this.values[at]
          const shade = (value < 0 ? scale.below : scale.above)[Math.min(Math.abs(value), 127)]
          image.data[to] = shade[0]; image.data[to + 1] = shade[1]; image.data[to + 2] = shade[2]
        }
        image.data[to + 3] = 255
      }
    }
    made.getContext("2d").putImageData(image, 0, 0)
    this.sheets[moment] = made
    return made
  }

  paint(moment, scale, page) {
    if (!this.values || !this.root.clientWidth) return
    if (this.dark !== page.dark) { this.sheets = []; this.dark = page.dark }
    const gap = 4
    const room = this.root.clientWidth
    let tile = this.wished
    const columns = Math.max(1, Math.min(this.count, Math.floor((room + gap) / (tile + gap))))
    const lines = Math.ceil(this.count / columns)
    const even = Math.ceil(this.count / lines)
    const tall = tile * this.high / this.wide
    const pen = sized(this.canvas, even * (tile + gap) - gap, lines * (tall + gap) - gap)
    const sheet = this.sheet(Math.min(moment, this.moments - 1), scale)
    pen.imageSmoothingEnabled = false
    for (let i = 0; i < this.count; i++) {
      const x = i % even * (tile + gap), y = Math.floor(i / even) * (tall + gap)
      pen.drawImage(sheet, 0, i * this.high, this.wide, this.high, x, y, tile, tall)
      pen.strokeStyle = page.line
      pen.strokeRect(x + 0.5, y + 0.5, tile - 1, tall - 1)
    }
  }
}

class Machine {
  constructor(root, tip) {
    Object.assign(this, { root, tip, at: 0, playing: false })
    this.watch = new ResizeObserver(() => { if (this.width !== root.clientWidth) { this.width = root.clientWidth; this.paint() } })
    this.watch.observe(root)
  }

  async take(data) {
    const before = this.data
    this.data = data
    const fresh = !before || before.film !== data.film
    if (fresh) {
      if (!before) this.root.dataset.state = "loading"
      try {
        this.film = await parcel(data.film)
      } catch (error) {
        this.root.replaceChildren(make("p", "trouble", "The film did not arrive. Is the lab still running? Reload this page."))
        this.root.dataset.state = "failed"
        return
      }
      if (this.data !== data) return
      this.places = new Float32Array(this.film.truth.length * 2)
      if (!before || before.run !== data.run) this.at = Math.min(data.start, this.film.epochs.length - 1)
      this.at = Math.min(this.at, this.film.epochs.length - 1)
      this.build()
    }
    const extra = (name, then) => {
      if (!data[name]) { this[name] = null; then(null); return }
      const address = data[name]
      parcel(address).then(found => { if (this.data[name] === address) { then(found); this.paint() } }, () => {})
    }
    extra("kernels", found => { this.kernelsSeen = found; if (found) this.kernelPanels.take(found.values, found.values.shape[4] > 8 ? 64 : 46) })
    extra("maps", found => { this.mapsSeen = found; if (found) this.mapPanels.take(found.values, found.values.shape[3] * found.values.shape[4] === 1 ? 22 : 66) })
    this.root.dataset.state = "ready"
    this.paint()
  }

  build() {
    const { film, data } = this
    const count = film.epochs.length
    this.root.replaceChildren()
    const bar = make("div", "controls")
    this.play = button("▶ Play", () => this.toggle(), "play")
    this.slider = make("input")
    Object.assign(this.slider, { type: "range", min: 0, max: count - 1, step: 1, value: Math.round(this.at) })
    this.slider.setAttribute("aria-label", "Moment of the training")
    this.slider.oninput = () => { this.stop(); this.go(Number(this.slider.value)) }
    this.slider.onchange = () => this.send("step", film.steps[Math.round(this.at)])
    this.told = make("span", "told")
    this.told.dataset.testid = "moment"
    bar.append(this.play, this.slider, this.told)
    this.curve = make("canvas", "curve")
    this.curve.setAttribute("role", "img")
    this.curve.setAttribute("aria-label", "Accuracy through the training; the mark is the moment that is shown")
    const scrub = event => {
      if (event.type !== "pointerdown" && !event.buttons) return
      this.stop()
      this.slider.value = this.near(event)
      this.go(Number(this.slider.value))
    }
    this.curve.onpointerdown = event => { this.curve.setPointerCapture(event.pointerId); scrub(event) }
    this.curve.onpointermove = scrub
    this.curve.onpointerup = () => this.send("step", film.steps[Math.round(this.at)])
    const part = (title, note, name) => {
      const section = make("section", name)
      const head = make("div", "head")
      head.append(make("span", "title", title), make("span", "note", note))
      section.append(head)
      return section
    }
    const both = make("div", "pair")
    const left = part("What is taken for what", "orange: mistakes", "matrixbox")
    const right = part("Map", "rings are mistakes", "cloudbox")
    this.zoomed = this.zoomed ?? true   // at its start a network sees hardly any difference: all pictures are one dot
    this.zoom = button("", () => { this.zoomed = !this.zoomed; this.paint() }, "small")
    this.zoom.title = "The directions are the same for all moments; the size follows the moment, or stays true"
    right.firstChild.append(this.zoom)
    const box = make("div")
    left.append(box)
    this.matrix = new Matrix(box, data.classes, null)
    this.cloud = new Cloud(right, { hover: (found, event) => this.hover(found, event), pick: () => {}, lasso: () => {} })
    this.cloud.tall = 460
    this.cloud.canvas.style.touchAction = "pan-y"
    this.cloud.names = data.classes
    this.cloud.groups = i => film.truth[i]
    both.append(left, right)
    const worst = part("The ten worst of this moment", "what it is → what the network says, and its loss", "worstbox")
    this.worst = make("canvas", "worst")
    this.worst.setAttribute("role", "img")
    worst.append(this.worst)
    const kernels = part(data.kernelTitle, data.kernelNote, "kernelbox")
    this.kernelPanels = new Panels(kernels)
    this.mapBox = part(data.mapTitle, data.mapNote, "mapbox")
    const row = make("div", "maprow")
    this.seen = make("img", "seen")
    this.mapHold = make("div", "maphold")
    this.mapPanels = new Panels(this.mapHold)
    this.bars = make("div", "bars")
    row.append(this.seen, this.bars, this.mapHold)
    this.mapBox.append(row)
    this.sheets = new Sheets(data.sheets)
    const [low, high] = [film.low, film.high]
    this.bounds = [low[0], high[0], low[1], high[1]]
    this.fits = Array.from({ length: count }, (_, moment) => this.fit(moment))
    this.root.append(bar, this.curve, both, worst, kernels, this.mapBox)
    this.lowest = null
  }

  fit(moment) {   // what the points of a moment fill: left, right, low, high
    const { places, truth } = this.film
    const found = [Infinity, -Infinity, Infinity, -Infinity]
    for (let i = 2 * moment * truth.length; i < 2 * (moment + 1) * truth.length; i += 2) {
      found[0] = Math.min(found[0], places[i]); found[1] = Math.max(found[1], places[i])
      found[2] = Math.min(found[2], places[i + 1]); found[3] = Math.max(found[3], places[i + 1])
    }
    return found
  }

  near(event) {   // the moment whose epoch is nearest to the pointer
    const box = this.curve.getBoundingClientRect()
    const x = event.clientX - box.left
    let best = 0
    this.film.epochs.forEach((epoch, i) => { if (Math.abs(this.x(epoch) - x) < Math.abs(this.x(this.film.epochs[best]) - x)) best = i })
    return best
  }

  toggle() {
    if (this.playing) { this.stop(); this.send("step", this.film.steps[Math.round(this.at)]); return }
    const last = this.film.epochs.length - 1
    if (last < 1) return
    if (this.at >= last) this.at = 0
    this.playing = true
    this.play.textContent = "❚❚ Pause"
    const from = this.at, begin = performance.now()
    const frame = now => {
      if (!this.playing) return
      this.at = Math.min(from + Math.max(now - begin, 0) / PACE, last)   // a frame may have begun before the click
      this.paint()
      if (this.at >= last) { this.stop(); this.send("step", this.film.steps[last]) } else requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  }

  stop() {
    this.playing = false
    this.play.textContent = "▶ Play"
  }

  go(at) {
    this.at = at
    this.paint()
  }

  hover(found, event) {
    const { tip, film } = this
    if (!found) { tip.hidden = true; return }
    const words = make("span")
    if (found.star) {
      const image = make("img", "thumb")
      image.src = this.data.picture
      words.textContent = this.data.pictureName
      tip.replaceChildren(image, words)
    } else {
      const moment = Math.round(this.at), i = found.point
      const answer = film.answers[moment * film.truth.length + i]
      const picture = make("canvas", "thumb")
      const pen = sized(picture, 72, 72)
      const draw = () => this.sheets.draw(pen, i, 0, 0, 72)
      if (!draw()) this.sheets.later([i], draw)
      words.textContent = `is ${this.data.classes[film.truth[i]]}, read as ${this.data.classes[answer]}, ${percent(film.chances[moment * film.truth.length + i] / 255, 0)}`
      tip.replaceChildren(picture, words)
    }
    beside(tip, this.root, event)
  }

  paint() {
    if (!this.film || !this.root.clientWidth) return
    const { film, data } = this
    const page = look(this.root)
    const moment = Math.round(this.at)
    const count = film.truth.length
    const scale = this.scaleOf === page.dark ? this.scale : (this.scaleOf = page.dark, this.scale = { below: ramp(SCALES[page.dark ? "dark" : "light"].below), above: ramp(SCALES[page.dark ? "dark" : "light"].above) })
    if (this.shown !== moment || this.shownFilm !== film) {
      this.shown = moment
      this.shownFilm = film
      this.answers = film.answers.subarray(moment * count, (moment + 1) * count)
      this.matrix.count(film.truth, this.answers)
      if (!this.playing || document.activeElement !== this.slider) this.slider.value = moment
      const words = `epoch ${Number(film.epochs[moment].toPrecision(3))} · step ${film.steps[moment].toLocaleString("en")} · ${percent(film.accuracy[moment], 2)} right`
      this.told.textContent = words
      this.slider.setAttribute("aria-valuetext", words)
      this.root.dataset.moment = moment
    }
    this.paintCurve(page)
    this.matrix.paint()
    const low = Math.floor(this.at), high = Math.min(low + 1, film.epochs.length - 1)
    const share = this.at - low, soft = share * share * (3 - 2 * share)
    const between = (values, size, to) => {
      const a = low * size, b = high * size
      for (let k = 0; k < size; k++) to[k] = values[a + k] + (values[b + k] - values[a + k]) * soft
    }
    between(film.places, 2 * count, this.places)
    const fitted = this.fits[low].map((value, k) => value + (this.fits[high][k] - value) * soft)
    this.cloud.place(this.places, this.zoomed ? fitted : this.bounds)
    this.zoom.textContent = this.zoomed ? "Show the true size" : "Fit each moment"
    const palette = data.classes.map((_, i) => classColour(i, data.classes.length, page.dark))
    const wrong = this.answers
    this.cloud.colours = i => palette[film.truth[i]]
    this.cloud.loud = this.playing && count > 3000 ? null : i => wrong[i] !== film.truth[i] && this.few
    this.few = film.accuracy[moment] > 0.85
    if (this.mapsSeen) {
      const star = [0, 0]
      between(this.mapsSeen.stars, 2, star)
      this.cloud.stars = [{ x: star[0], y: star[1] }]
    } else this.cloud.stars = []
    this.cloud.paint()
    this.paintWorst(page, moment)
    this.kernelPanels.paint(moment, scale, page)
    this.mapBox.hidden = !this.mapsSeen
    if (this.mapsSeen) {
      if (this.seen.src !== data.picture) this.seen.src = data.picture
      this.seen.alt = data.pictureName
      this.mapPanels.paint(moment, scale, page)
      this.paintBars(moment)
    }
    this.root.dataset.painted = Math.round(performance.now())
  }

  paintBars(moment) {
    const count = this.data.classes.length
    const from = moment * count
    const shares = [...this.mapsSeen.chances.subarray(from, from + count)]
    const order = shares.map((_, i) => i).sort((a, b) => shares[b] - shares[a]).slice(0, 4)
    this.bars.replaceChildren(...order.map(i => {
      const fill = make("em")
      fill.style.width = `${100 * shares[i]}%`
      const track = make("i")
      track.append(fill)
      const line = make("div", i === order[0] ? "true" : "")
      line.append(make("span", "", this.data.classes[i]), track, make("span", "share", percent(shares[i])))
      return line
    }))
  }

  paintCurve(page) {
    const { film, data } = this
    const width = this.root.clientWidth, height = 118, pad = { left: 40, right: 14, top: 10, bottom: 20 }
    const pen = sized(this.curve, width, height)
    const lines = data.curves.filter(each => each.values.length)
    const all = [...lines.flatMap(each => each.values), ...film.accuracy]
    const low = Math.max(0, Math.min(...all) - 0.02), high = Math.min(1, Math.max(...all) + 0.02)
    const last = Math.max(film.epochs[film.epochs.length - 1], ...lines.map(each => each.epochs[each.epochs.length - 1] ?? 0)) || 1
    this.x = epoch => pad.left + epoch / last * (width - pad.left - pad.right)
    const y = value => height - pad.bottom - (value - low) / (high - low || 1) * (height - pad.top - pad.bottom)
    pen.font = `11px ${page.font}`
    pen.fillStyle = page.ink
    pen.textBaseline = "middle"
    pen.textAlign = "right"
    for (const value of [low, high]) {
      pen.fillText(percent(value, 0), pad.left - 6, y(value))
      pen.strokeStyle = page.line
      pen.lineWidth = 1
      pen.beginPath(); pen.moveTo(pad.left, y(value)); pen.lineTo(width - pad.right, y(value)); pen.stroke()
    }
    pen.textAlign = "left"
    pen.fillText("epoch 0", pad.left, height - 8)
    pen.textAlign = "right"
    pen.fillText(Number(last.toPrecision(3)), width - pad.right, height - 8)
    for (const each of lines) {
      pen.beginPath()
      each.values.forEach((value, i) => i ? pen.lineTo(this.x(each.epochs[i]), y(value)) : pen.moveTo(this.x(each.epochs[i]), y(value)))
      pen.globalAlpha = 0.6
      pen.strokeStyle = page.ink
      pen.lineWidth = 1
      pen.stroke()
      pen.globalAlpha = 1
    }
    pen.beginPath()
    film.accuracy.forEach((value, i) => i ? pen.lineTo(this.x(film.epochs[i]), y(value)) : pen.moveTo(this.x(film.epochs[i]), y(value)))
    pen.strokeStyle = page.accent
    pen.lineWidth = 2.2
    pen.stroke()
    pen.fillStyle = page.accent
    film.epochs.forEach((epoch, i) => { pen.beginPath(); pen.arc(this.x(epoch), y(film.accuracy[i]), 2.6, 0, 7); pen.fill() })
    const at = Math.floor(this.at), next = Math.min(at + 1, film.epochs.length - 1), share = this.at - at
    const lerp = values => values[at] + (values[next] - values[at]) * share
    const [mx, my] = [this.x(lerp(film.epochs)), y(lerp(film.accuracy))]
    pen.strokeStyle = page.wrong
    pen.lineWidth = 1.5
    pen.beginPath(); pen.moveTo(mx, pad.top - 4); pen.lineTo(mx, height - pad.bottom); pen.stroke()
    pen.beginPath(); pen.arc(mx, my, 6, 0, 7)
    pen.fillStyle = page.wrong
    pen.fill()
    pen.strokeStyle = page.paper
    pen.lineWidth = 2
    pen.stroke()
  }

  paintWorst(page, moment) {
    const { film, data } = this
    const ten = film.worst.shape[1], top = film.worst_labels.shape[2]
    const gap = 10, room = this.root.clientWidth
    const columns = room < 560 ? Math.min(5, ten) : ten
    const tile = Math.min(92, Math.floor((room + gap) / columns) - gap)
    const lines = Math.ceil(ten / columns)
    const pen = sized(this.worst, room, lines * (tile + 36))
    pen.textAlign = "center"
    const all = []
    for (let k = 0; k < ten; k++) {
      const i = film.worst[moment * ten + k]
      const answer = film.worst_labels[(moment * ten + k) * top]
      const x = k % columns * (tile + gap), y = Math.floor(k / columns) * (tile + 36)
      all.push(i)
      pen.fillStyle = page.soft
      pen.fillRect(x, y, tile, tile)
      this.sheets.draw(pen, i, x, y, tile)
      pen.fillStyle = page.ink
      pen.font = `600 13px ${page.font}`
      pen.fillText(`${data.classes[film.truth[i]]} → ${data.classes[answer]}`, x + tile / 2, y + tile + 15, tile + gap)
      pen.font = `11px ${page.font}`
      pen.fillText(`loss ${film.worst_losses[moment * ten + k].toFixed(1)}`, x + tile / 2, y + tile + 29, tile)
    }
    this.sheets.later(all, () => this.paint())
    this.worst.setAttribute("aria-label", `The ten worst pictures: ${all.map(i => data.classes[film.truth[i]]).join(", ")}`)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let machine = machines.get(parentElement)
  if (!machine) {
    machine = new Machine(parentElement.querySelector(".machine"), parentElement.querySelector(".tip"))
    machines.set(parentElement, machine)
  }
  machine.send = setStateValue
  machine.take(data)
  return () => {
    machine.playing = false
    machine.watch.disconnect()
    machines.delete(parentElement)
  }
}
