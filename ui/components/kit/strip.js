// Pictures in rows on one canvas, each with a line below it; a click or Enter opens one.

class Strip {
  constructor(root, act) {
    Object.assign(this, { root, act, shown: [], limit: 72, cursor: null })
    this.canvas = make("canvas", "strip live")
    this.canvas.tabIndex = 0
    this.canvas.setAttribute("role", "application")
    this.canvas.dataset.testid = "strip"
    this.more = button("", () => { this.limit += 360; this.paint() }, "more")
    root.append(this.canvas, this.more)
    this.canvas.onclick = event => { const place = this.under(event); if (place !== null) this.act.open(this.shown[place]) }
    this.canvas.onkeydown = event => this.walk(event)
    this.canvas.onblur = () => { this.cursor = null; this.paint() }
  }

  show(indexes) {
    this.shown = indexes
    this.limit = 72
    this.cursor = null
    this.paint()
  }

  plan() {
    const side = this.sheets.side
    this.tile = this.wide ? 96 : side <= 32 ? 56 : 64
    this.foot = 17
    this.gap = 7
    this.columns = Math.max(1, Math.floor((this.root.clientWidth + this.gap) / (this.tile + this.gap)))
    this.tile = Math.min(this.tile + 10, Math.floor((this.root.clientWidth + this.gap) / this.columns) - this.gap)
    this.count = Math.min(this.shown.length, this.limit)
    this.lines = Math.max(1, Math.ceil(this.count / this.columns))
  }

  paint() {
    if (!this.sheets || !this.root.clientWidth) return
    this.plan()
    const { tile, gap, foot } = this
    const pen = sized(this.canvas, this.root.clientWidth, this.lines * (tile + foot + gap))
    const page = look(this.root)
    const visible = this.shown.slice(0, this.count)
    pen.font = `11.5px ${page.font}`
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    visible.forEach((index, place) => {
      const [x, y] = this.corner(place)
      const about = this.act.about(index)
      pen.fillStyle = page.soft
      pen.fillRect(x, y, tile, tile)
      this.sheets.draw(pen, about.picture, x, y, tile)
      if (about.frame) {
        pen.lineWidth = 2
        pen.strokeStyle = about.frame
        pen.strokeRect(x + 1, y + 1, tile - 2, tile - 2)
      }
      if (index === this.open || place === this.cursor) {
        pen.lineWidth = 3
        pen.strokeStyle = page.accent
        pen.strokeRect(x - 1, y - 1, tile + 2, tile + 2)
      }
      pen.fillStyle = page.ink
      pen.fillText(about.text, x + tile / 2, y + tile + foot / 2 + 1, tile + gap - 2)
    })
    const left = this.shown.length - this.count
    this.more.hidden = left <= 0
    this.more.textContent = `Show more (${left.toLocaleString("en")} left)`
    this.canvas.hidden = !this.count
    this.canvas.setAttribute("aria-label", `${this.shown.length} pictures. Arrows move, Enter opens one.`)
    this.canvas.dataset.count = this.shown.length
    this.sheets.later(visible.map(index => this.act.about(index).picture), () => this.paint())
  }

  corner(place) {
    const step = this.tile + this.gap
    return [place % this.columns * step + 1, Math.floor(place / this.columns) * (step + this.foot) + 1]
  }

  under(event) {
    const box = this.canvas.getBoundingClientRect()
    const column = Math.floor((event.clientX - box.left) / (this.tile + this.gap))
    const place = Math.floor((event.clientY - box.top) / (this.tile + this.gap + this.foot)) * this.columns + column
    return column < this.columns && place >= 0 && place < this.count ? place : null
  }

  walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns }[event.key]
    const from = this.cursor ?? Math.max(this.shown.indexOf(this.open), 0)
    if (step) {
      this.cursor = Math.min(Math.max(from + step, 0), this.count - 1)
      this.paint()
      this.act.open(this.shown[this.cursor])
    } else if (event.key === "Enter" || event.key === " ") this.act.open(this.shown[from])
    else return
    event.preventDefault()
  }
}
