// The map: a point for every picture. Hover or touch shows it, dragging a line around some chooses them.

const NEAR = 14   // pixels within which a point is meant
const RINGS = 600   // chosen points with a ring; more would be one blot

class Cloud {
  constructor(root, act) {
    Object.assign(this, { root, act, colours: [], chosen: null, stars: [], names: [], lassoing: false, line: null })
    this.canvas = make("canvas", "cloud")
    this.canvas.dataset.testid = "cloud"
    this.canvas.setAttribute("role", "img")
    root.append(this.canvas)
    if (!act) return
    this.canvas.onpointerdown = event => this.down(event)
    this.canvas.onpointermove = event => this.move(event)
    this.canvas.onpointerup = event => this.up(event)
    this.canvas.onpointercancel = () => { this.line = null; this.paint() }
    this.canvas.onpointerleave = () => act.hover(null)
  }

  place(places, bounds) {   // Float32Array of x, y, x, y …
    this.places = places
    this.count = places.length / 2
    if (bounds) { this.bounds = bounds; return }
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let i = 0; i < this.count; i++) {
      left = Math.min(left, places[2 * i]); right = Math.max(right, places[2 * i])
      low = Math.min(low, places[2 * i + 1]); high = Math.max(high, places[2 * i + 1])
    }
    this.bounds = [left, right, low, high]
  }

  plan() {
    this.width = this.root.clientWidth
    this.height = Math.max(240, Math.min(this.tall ?? 520, Math.round(this.width * 0.86)))
    const [left, right, low, high] = this.bounds
    const pad = 16
    this.toX = value => pad + (value - left) / (right - left || 1) * (this.width - 2 * pad)
    this.toY = value => this.height - pad - (value - low) / (high - low || 1) * (this.height - 2 * pad)
  }

  paint() {
    if (!this.places || !this.root.clientWidth) return
    this.plan()
    const pen = sized(this.canvas, this.width, this.height)
    const page = look(this.root)
    this.xs = this.xs?.length === this.count ? this.xs : new Float32Array(this.count)
    this.ys = this.ys?.length === this.count ? this.ys : new Float32Array(this.count)
    const size = this.count > 4000 ? 2.6 : this.count > 800 ? 3.4 : 5
    const groups = new Map()   // one colour after the other: a pen changes colour slowly
    const loud = []
    for (let i = 0; i < this.count; i++) {
      this.xs[i] = this.toX(this.places[2 * i])
      this.ys[i] = this.toY(this.places[2 * i + 1])
      if (this.loud?.(i)) { loud.push(i); continue }
      const colour = this.colours(i)
      if (!groups.has(colour)) groups.set(colour, [])
      groups.get(colour).push(i)
    }
    pen.globalAlpha = this.chosen ? 0.13 : loud.length ? 0.5 : 0.75
    for (const [colour, each] of groups) {
      pen.fillStyle = colour
      for (const i of each) pen.fillRect(this.xs[i] - size / 2, this.ys[i] - size / 2, size, size)
    }
    const ring = i => {
      pen.beginPath()
      pen.arc(this.xs[i], this.ys[i], size * 0.9 + 1, 0, 7)
      pen.fillStyle = this.colours(i)
      pen.fill()
      pen.lineWidth = 1.2
      pen.strokeStyle = page.ink
      pen.stroke()
    }
    pen.globalAlpha = this.chosen ? 0.25 : 1
    for (const i of loud) if (!this.chosen?.has(i)) ring(i)
    pen.globalAlpha = 1
    for (const i of this.chosen ?? []) {
      if (this.chosen.size <= RINGS) { ring(i); continue }
      pen.fillStyle = this.colours(i)
      pen.fillRect(this.xs[i] - size / 2, this.ys[i] - size / 2, size, size)
    }
    this.letters(pen, page)
    for (const star of this.stars) this.star(pen, page, star)
    if (this.mark !== undefined && this.mark !== null && this.mark < this.count) {
      pen.lineWidth = 2.5
      pen.strokeStyle = page.ink
      pen.strokeRect(this.xs[this.mark] - 7, this.ys[this.mark] - 7, 14, 14)
    }
    if (this.line?.length > 1) {
      pen.beginPath()
      this.line.forEach(([x, y], i) => i ? pen.lineTo(x, y) : pen.moveTo(x, y))
      pen.closePath()
      pen.fillStyle = page.accent + "22"
      pen.fill()
      pen.setLineDash([5, 4])
      pen.lineWidth = 1.5
      pen.strokeStyle = page.accent
      pen.stroke()
    }
    const what = `A map of ${this.count.toLocaleString("en")} pictures; alike pictures lie close together.`
    this.canvas.setAttribute("aria-label", what + (this.stars.length ? ` ${this.stars.length} drawings are stars on it.` : ""))
  }

  letters(pen, page) {   // the sign of each class where the middle of its pictures is
    if (!this.groups || this.names.length > 40) return
    const sums = this.names.map(() => [0, 0, 0])
    for (let i = 0; i < this.count; i++) {
      const sum = sums[this.groups(i)]
      if (sum) { sum[0] += this.xs[i]; sum[1] += this.ys[i]; sum[2]++ }
    }
    pen.font = `600 15px ${page.font}`
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    pen.lineWidth = 4
    pen.lineJoin = "round"
    sums.forEach(([x, y, count], i) => {
      if (!count) return
      pen.strokeStyle = page.paper
      pen.strokeText(this.names[i], x / count, y / count)
      pen.fillStyle = page.ink
      pen.fillText(this.names[i], x / count, y / count)
    })
  }

  star(pen, page, star) {
    const [x, y] = [this.inside(this.toX(star.x), this.width), this.inside(this.toY(star.y), this.height)]
    star.at = [x, y]
    pen.beginPath()
    for (let i = 0; i < 10; i++) {
      const angle = -Math.PI / 2 + i * Math.PI / 5
      const size = i % 2 ? 4.6 : 11
      pen[i ? "lineTo" : "moveTo"](x + size * Math.cos(angle), y + size * Math.sin(angle))
    }
    pen.closePath()
    pen.fillStyle = "#ffd23f"
    pen.fill()
    pen.lineWidth = 1.6
    pen.strokeStyle = page.dark ? "#ffffff" : "#1c2430"
    pen.stroke()
  }

  inside(value, size) {
    return Math.min(Math.max(value, 12), size - 12)
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  nearest([x, y]) {   // a star, a point, or nothing
    for (const star of this.stars) if (star.at && Math.hypot(star.at[0] - x, star.at[1] - y) < NEAR) return { star }
    let best = null, least = NEAR * NEAR
    for (let i = 0; i < this.count; i++) {
      if (this.chosen && !this.chosen.has(i)) continue
      const apart = (this.xs[i] - x) ** 2 + (this.ys[i] - y) ** 2
      if (apart < least) { least = apart; best = i }
    }
    return best === null ? null : { point: best }
  }

  down(event) {
    if (!this.xs) return
    if (event.pointerType !== "touch" || this.lassoing) {
      this.line = [this.at(event)]
      this.canvas.setPointerCapture(event.pointerId)
    }
    if (event.pointerType === "touch" && !this.lassoing) this.act.hover(this.nearest(this.at(event)), event)
  }

  move(event) {
    if (!this.xs) return
    if (this.line) {
      this.line.push(this.at(event))
      if (this.line.length > 3) { this.act.hover(null); this.paint() }
    } else this.act.hover(this.nearest(this.at(event)), event)
  }

  up(event) {
    const line = this.line
    this.line = null
    if (!this.xs) return
    const long = line?.some(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1]) > 12)
    if (line && long) this.act.lasso(this.within(line))
    else {
      const found = this.nearest(this.at(event))
      if (found) this.act.pick(found)
    }
    this.paint()
  }

  within(line) {   // points inside the line: even and odd crossings
    const found = []
    for (let i = 0; i < this.count; i++) {
      let inside = false
      for (let k = 0, last = line.length - 1; k < line.length; last = k++) {
        const [x1, y1] = line[k], [x2, y2] = line[last]
        if (y1 > this.ys[i] !== y2 > this.ys[i] && this.xs[i] < (x2 - x1) * (this.ys[i] - y1) / (y2 - y1) + x1) inside = !inside
      }
      if (inside) found.push(i)
    }
    return found
  }
}
