// The confusion matrix: rows are what it is, columns what the network says. Mistakes are coloured, right answers faint.

class Matrix {
  constructor(root, classes, act) {
    Object.assign(this, { root, classes, act, share: false, cursor: null, chosen: null })
    this.canvas = make("canvas", "matrix")
    this.canvas.tabIndex = act ? 0 : -1
    this.canvas.setAttribute("role", act ? "application" : "img")
    this.canvas.dataset.testid = "matrix"
    this.spoken = make("div", "sr")
    this.spoken.setAttribute("aria-live", "polite")
    root.append(this.canvas, this.spoken)
    if (!act) return
    this.canvas.classList.add("live")
    this.canvas.onclick = event => { const place = this.under(event); if (place) act.pick(place) }
    this.canvas.onpointermove = event => act.hover(this.under(event), event)
    this.canvas.onpointerleave = () => act.hover(null)
    this.canvas.onkeydown = event => this.walk(event)
    this.canvas.onblur = () => { this.cursor = null; this.paint() }
  }

  count(truth, answers) {   // one pass over all pictures
    const size = this.classes.length
    this.counts = new Uint32Array(size * size)
    for (let i = 0; i < truth.length; i++) this.counts[truth[i] * size + answers[i]]++
    this.rows = new Uint32Array(size)
    this.most = 0
    this.mostShare = 0
    this.lines = []   // classes that have pictures: ten digits need ten rows, however many letters the network knows
    for (let t = 0; t < size; t++) {
      for (let a = 0; a < size; a++) this.rows[t] += this.counts[t * size + a]
      if (this.rows[t]) this.lines.push(t)
      for (let a = 0; a < size; a++) {
        if (a === t) continue
        this.most = Math.max(this.most, this.counts[t * size + a])
        this.mostShare = Math.max(this.mostShare, this.counts[t * size + a] / Math.max(this.rows[t], 1))
      }
    }
  }

  plan() {
    const size = this.classes.length
    this.edge = Math.max(26, ...this.classes.map(each => Math.min(64, 8 + 7.4 * [...each].length)))
    this.top = size > 14 || this.classes.every(each => [...each].length < 3) ? 24 : this.edge
    const room = Math.max(120, this.root.clientWidth - this.edge - 2)
    this.cell = Math.max(7, Math.min(46, Math.floor(room / size)))
    this.width = this.edge + this.cell * size + 1
    this.height = this.top + this.cell * this.lines.length + 1
  }

  paint() {
    if (!this.counts || !this.root.clientWidth) return
    this.plan()
    const { cell, edge, top } = this
    const size = this.classes.length
    const pen = sized(this.canvas, this.width, this.height)
    const page = look(this.root)
    const [paper, hot, calm] = [rgb(page.paper), rgb(page.wrong), rgb(page.accent)]
    pen.font = `${Math.min(13, Math.max(8, cell * 0.62))}px ${page.font}`
    pen.textBaseline = "middle"
    pen.fillStyle = page.ink
    pen.textAlign = "right"
    this.lines.forEach((t, line) => pen.fillText(this.classes[t], edge - 6, top + (line + 0.5) * cell, edge - 8))
    this.classes.forEach((name, i) => {
      pen.save()
      pen.textAlign = this.top > 24 ? "left" : "center"
      pen.translate(edge + (i + 0.5) * cell, top - (this.top > 24 ? 6 : 11))
      if (this.top > 24) pen.rotate(-Math.PI / 2)
      pen.fillText(name, 0, 0, this.top > 24 ? this.top - 8 : cell)
      pen.restore()
    })
    pen.textAlign = "center"
    const words = cell >= 20
    for (const [line, t] of this.lines.entries()) {
      for (let a = 0; a < size; a++) {
        const count = this.counts[t * size + a]
        const part = count / Math.max(this.rows[t], 1)
        const strength = t === a ? 0.16 * part : count ? 0.16 + 0.84 * Math.sqrt(this.share ? part / (this.mostShare || 1) : count / (this.most || 1)) : 0
        const x = edge + a * cell, y = top + line * cell
        pen.fillStyle = mix(paper, t === a ? calm : hot, strength)
        pen.fillRect(x, y, cell - 1, cell - 1)
        if (!words || !count) continue
        pen.fillStyle = t !== a && strength > 0.55 ? (page.dark ? "#12161d" : "#ffffff") : page.ink
        const text = this.share ? (part >= 0.0995 ? (100 * part).toFixed(0) : (100 * part).toFixed(1)) : String(count)
        pen.font = `${t === a ? "" : "600 "}${Math.min(13, Math.floor(cell * (text.length > 3 ? 0.34 : 0.42)))}px ${page.font}`
        pen.fillText(text, x + cell / 2, y + cell / 2 + 0.5, cell - 3)
      }
    }
    const mark = (place, width) => {
      pen.lineWidth = width
      pen.strokeStyle = page.ink
      const [t, a] = place
      const x = a === null ? edge : edge + a * cell, y = t === null ? top : top + this.lines.indexOf(t) * cell
      pen.strokeRect(x - 0.5, y - 0.5, (a === null ? size : 1) * cell, (t === null ? this.lines.length : 1) * cell)
    }
    if (this.chosen) mark(this.chosen, 2.5)
    if (this.cursor) mark(this.cursor, 1.5)
    const wrong = this.counts.reduce((sum, count, i) => sum + (Math.floor(i / size) === i % size ? 0 : count), 0)
    this.canvas.setAttribute("aria-label", `Confusion matrix of ${size} classes, ${wrong} mistakes. ${this.act ? "Arrows move, Enter shows the pictures of a cell." : ""}`)
  }

  under(event) {   // [what it is, what is said]; null for a whole row or column; nothing outside
    const box = this.canvas.getBoundingClientRect()
    const factor = this.width / (box.width || 1)
    const a = Math.floor(((event.clientX - box.left) * factor - this.edge) / this.cell)
    const line = Math.floor(((event.clientY - box.top) * factor - this.top) / this.cell)
    if (line >= this.lines.length || a >= this.classes.length || (line < 0 && a < 0)) return null
    return [line < 0 ? null : this.lines[line], a < 0 ? null : a]
  }

  said([t, a]) {
    const size = this.classes.length
    const name = index => this.classes[index]
    if (t === null) {
      let all = 0
      for (let i = 0; i < size; i++) all += this.counts[i * size + a]
      return `read as ${name(a)}: ${all.toLocaleString("en")} pictures`
    }
    if (a === null) return `${name(t)}: ${this.rows[t].toLocaleString("en")} pictures`
    const count = this.counts[t * size + a]
    const part = percent(count / Math.max(this.rows[t], 1))
    return `${name(t)} read as ${name(a)}: ${count.toLocaleString("en")} of ${this.rows[t].toLocaleString("en")} (${part})`
  }

  walk(event) {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
    const from = this.cursor ?? (this.chosen && this.chosen.every(each => each !== null) ? this.chosen : [this.lines[0], 0])
    if (moves[event.key]) {
      const limit = (value, count) => Math.min(Math.max(value, 0), count - 1)
      const line = limit(this.lines.indexOf(from[0]) + moves[event.key][0], this.lines.length)
      this.cursor = [this.lines[line], limit(from[1] + moves[event.key][1], this.classes.length)]
      this.spoken.textContent = this.said(this.cursor)
      this.paint()
    } else if (event.key === "Enter" || event.key === " ") this.act.pick(from)
    else if (event.key === "Escape") this.act.pick(null)
    else return
    event.preventDefault()
  }
}
