// The board: matrix (or the four kinds of two networks), map, pictures and one picture large, all showing one choice.
// The answers to ten thousand pictures are here in the browser, so a click needs no server.

const boards = new WeakMap()
const FEW = 600   // mistakes that stand out on the map; more would hide all else

function head(title, ...more) {
  const made = make("div", "head")
  made.append(make("span", "title", title), ...more)
  return made
}

function switched(options, chosen, act) {   // a row of choices
  const row = make("span", "switch")
  row.setAttribute("role", "group")
  options.forEach(([value, text]) => {
    const one = button(text, () => act(value))
    one.setAttribute("aria-pressed", value === chosen)
    row.append(one)
  })
  return row
}

class Board {
  constructor(root, tip) {
    Object.assign(this, { root, tip, colouring: "class", choice: { kind: "start" } })
    this.watch = new ResizeObserver(() => { if (this.width !== root.clientWidth) { this.width = root.clientWidth; this.paint() } })
    this.watch.observe(root)
  }

  async take(data) {
    const before = this.data
    this.data = data
    const fresh = !before || before.answers !== data.answers || before.mode !== data.mode
    if (fresh) {
      this.root.dataset.state = "loading"
      try {
        this.told = await parcel(data.answers)
      } catch (error) {
        this.root.replaceChildren(make("p", "trouble", "The answers did not arrive. Is the lab still running? Reload this page."))
        this.root.dataset.state = "failed"
        return
      }
      if (this.data !== data) return
      this.choice = data.start ? { kind: "cell", place: data.start } : { kind: "start" }
      this.open = null
      this.build()
    }
    const map = data.maps.find(each => each.address && each.name === data.map) ?? data.maps.find(each => each.address)
    if (fresh || this.map !== map?.address) {
      this.map = map?.address
      if (map) parcel(map.address).then(found => {
        if (this.map !== map.address) return
        this.cloud.place(found.places)
        this.paint()
      }, () => {})
    }
    this.cloud.stars = data.stars
    this.update()
    this.root.dataset.state = "ready"
  }

  build() {
    const { data, told } = this
    this.page = look(this.root)
    this.sheets = new Sheets(data.sheets)
    this.size = told.truth.length
    this.root.replaceChildren()
    this.root.className = `board ${data.mode}`
    const top = make("div", "top")
    const left = make("section", "left")
    const right = make("section", "right")
    if (data.mode === "mistakes") this.buildMatrix(left)
    if (data.mode === "side") this.buildFour(left)
    if (data.mode === "hunt") left.hidden = true
    this.colourBox = make("span")
    this.lasso = button("Lasso", () => { this.cloud.lassoing = !this.cloud.lassoing; this.update() }, "small")
    this.lasso.title = "Draw a line around some points; with a mouse just drag"
    right.append(head("Map", this.colourBox, this.lasso))
    this.cloud = new Cloud(right, {
      hover: (found, event) => this.hover(found, event),
      pick: found => { if (found.point !== undefined) this.show(found.point) },
      lasso: points => this.choose({ kind: "lasso", points: new Set(points) }),
    })
    this.cloud.names = data.classes
    this.cloud.groups = i => told.truth[i]
    if (data.mode === "hunt") this.cloud.tall = 380
    top.append(left, right)
    const below = make("div", "below")
    const list = make("section", "list")
    this.listTitle = make("span", "title")
    this.listTitle.dataset.testid = "chosen"
    this.listTitle.setAttribute("aria-live", "polite")
    this.clear = button("All mistakes", () => this.choose({ kind: "start" }), "small")
    const line = make("div", "head")
    line.append(this.listTitle, this.clear)
    this.listNote = make("p", "note")
    list.append(line, this.listNote)
    this.strip = new Strip(list, { open: index => this.show(index), about: index => this.about(index) })
    this.strip.sheets = this.sheets
    this.strip.wide = data.classes.some(each => [...each].length > 4)   // long names below the pictures
    this.card = make("aside", "card")
    this.card.dataset.testid = "card"
    below.append(list, this.card)
    this.root.append(top, below)
  }

  buildMatrix(left) {
    this.shareBox = make("span")
    left.append(head("What is taken for what", this.shareBox))
    const box = make("div")
    left.append(box, make("p", "note", "Rows: what it is. Columns: what the network says. Orange: mistakes, the stronger the more. Click a cell, a row's or a column's name."))
    this.matrix = new Matrix(box, this.data.classes, {
      pick: place => this.choose(place ? { kind: "cell", place } : { kind: "start" }),
      hover: (place, event) => {
        if (!place) { this.tip.hidden = true; return }
        this.tip.replaceChildren(make("span", "", this.matrix.said(place)))
        beside(this.tip, this.root, event)
      },
    })
    this.matrix.count(this.told.truth, this.told.answers)
  }

  buildFour(left) {
    left.append(head("Who is right where"))
    this.four = make("div", "four")
    left.append(this.four)
    const said = this.data.said
    if (said) left.append(make("p", "said", said))
  }

  kind(i) {   // 0: both right, 1: only the first, 2: only the second, 3: neither
    const { truth, answers, answers2 } = this.told
    return (answers[i] === truth[i] ? 0 : 2) + (answers2[i] === truth[i] ? 0 : 1)
  }

  chosen() {   // the pictures of the choice, the dearest first
    const { truth, answers, losses } = this.told
    const { choice } = this
    const found = []
    const side = this.data.mode === "side"
    const takes = {
      start: i => side ? [1, 2].includes(this.kind(i)) : this.data.mode === "hunt" || answers[i] !== truth[i],
      cell: i => (choice.place[0] === null || truth[i] === choice.place[0]) && (choice.place[1] === null || answers[i] === choice.place[1]),
      lasso: i => choice.points.has(i),
      four: i => this.kind(i) === choice.which,
      marked: i => this.data.marks[this.told.pictures[i]] !== undefined,
    }[choice.kind]
    for (let i = 0; i < this.size; i++) if (takes(i)) found.push(i)
    const cost = side ? i => Math.max(losses[i], this.told.losses2[i]) : i => losses[i]
    return found.sort((a, b) => cost(b) - cost(a))
  }

  words(count) {
    const { choice, data } = this
    const name = i => data.classes[i]
    const many = `${count.toLocaleString("en")} picture${count === 1 ? "" : "s"}`
    if (choice.kind === "lasso") return `${many} inside your line`
    if (choice.kind === "four") return `${many}: ${data.kinds[choice.which]}`
    if (choice.kind === "marked") return `${many} that you have looked at`
    if (choice.kind === "cell") {
      const [t, a] = choice.place
      if (t === null) return `${many} read as ${name(a)}`
      if (a === null) return `${many} of ${name(t)}`
      return t === a ? `${many} of ${name(t)}, read rightly` : `${many}: ${name(t)} read as ${name(a)}`
    }
    if (data.mode === "hunt") return `All ${many}, the most surprising labels first`
    if (data.mode === "side") return `${many} on which they disagree`
    return count === 1 ? "1 mistake" : `${count.toLocaleString("en")} mistakes, the worst first`
  }

  about(i) {
    const { truth, answers, answers2, pictures } = this.told
    const sign = index => this.data.classes[index]
    const { mode, marks } = this.data
    const wrong = answers[i] !== truth[i]
    if (mode === "side") return { picture: i, text: `${sign(answers[i])} | ${sign(answers2[i])}`, frame: this.kind(i) === 0 ? null : this.page.wrong }
    if (mode === "hunt") {
      const mark = marks[pictures[i]]
      if (mark === undefined) return { picture: i, text: `told ${sign(truth[i])}`, frame: null }
      return { picture: i, text: mark < 0 ? `✓ ${sign(truth[i])}` : `${sign(truth[i])} → ${sign(mark)}`, frame: mark < 0 ? this.page.right : this.page.wrong }
    }
    return { picture: i, text: wrong ? `${sign(truth[i])} → ${sign(answers[i])}` : sign(truth[i]), frame: wrong ? this.page.wrong : null }
  }

  choose(choice) {
    this.choice = choice
    this.open = null
    if (this.data.mode === "mistakes") this.send("cell", choice.kind === "cell" ? choice.place : null)
    this.update()
  }

  show(i) {
    this.open = i
    this.update(false)
    if (this.root.clientWidth < 700) this.card.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  hover(found, event) {
    const { tip } = this
    if (!found) { tip.hidden = true; return }
    const picture = make("canvas", "thumb")
    const words = make("span", "")
    if (found.star) {
      const image = make("img", "thumb")
      image.src = found.star.image
      words.textContent = found.star.text
      tip.replaceChildren(image, words)
    } else {
      const i = found.point
      const pen = sized(picture, 72, 72)
      const draw = () => this.sheets.draw(pen, i, 0, 0, 72)
      if (!draw()) this.sheets.later([i], draw)
      words.textContent = this.line(i)
      tip.replaceChildren(picture, words)
    }
    beside(tip, this.root, event)
  }

  line(i) {
    const { truth, answers, answers2, chances } = this.told
    const sign = index => this.data.classes[index]
    if (this.data.mode === "side") return `is ${sign(truth[i])}; read as ${sign(answers[i])} and ${sign(answers2[i])}`
    const sure = percent(chances[3 * i], 0)
    if (this.data.mode === "hunt") return `told ${sign(truth[i])}; the network says ${sign(answers[i])}, ${sure}`
    return `is ${sign(truth[i])}, read as ${sign(answers[i])}, ${sure}`
  }

  bars(i, tops, chances, title) {
    const box = make("div", "bars")
    if (title) box.append(make("span", "whose", title))
    const width = tops.shape[1]
    for (let k = 0; k < width; k++) {
      const label = tops[width * i + k]
      const share = chances[width * i + k]
      const fill = make("em")
      fill.style.width = `${100 * share}%`
      const track = make("i")
      track.append(fill)
      const row = make("div", label === this.told.truth[i] ? "true" : "")
      row.append(make("span", "", this.data.classes[label]), track, make("span", "share", percent(share, share > 0.0005 && share < 0.9995 ? 1 : 0)))
      box.append(row)
    }
    return box
  }

  paintCard() {
    const { card, data, told, open: i } = this
    card.replaceChildren()
    if (i === null || i === undefined) {
      card.append(make("p", "note", data.mode === "hunt" ? "Click a picture to judge its label." : "Click a picture, or a point of the map, to see it large."))
      return
    }
    const canvas = make("canvas", "large")
    const pen = sized(canvas, 196, 196)
    const draw = () => this.sheets.draw(pen, i, 0, 0, 196)
    if (!draw()) this.sheets.later([i], draw)
    const number = told.pictures[i]
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", `${data.what} ${number}: ${this.line(i)}`)
    const name = data.names[told.truth[i]]
    const told_ = data.mode === "hunt" ? `It was told: ${name}` : `It is: ${name}`
    card.append(canvas, make("p", "truth", told_), make("p", "note", `${data.what} ${number.toLocaleString("en")} · loss ${told.losses[i].toFixed(2)}`))
    card.append(this.bars(i, told.tops, told.chances, data.mode === "side" ? data.titles[0] : ""))
    if (data.mode === "side") card.append(this.bars(i, told.tops2, told.chances2, data.titles[1]))
    if (data.mode === "hunt") card.append(this.judge(number, i))
    else if (data.inside) {
      const go = make("a", "go", "Look inside with this picture →")
      go.href = `/inside?${data.inside}&picture=${number}`
      go.onclick = event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        this.trigger("inside", number)
      }
      card.append(go)
    }
    const step = by => {
      const list = this.strip.shown
      const at = list.indexOf(i)
      const next = list[at < 0 ? 0 : at + by]
      if (next !== undefined) this.show(next)
    }
    const moves = make("div", "moves")
    moves.append(button("← Previous", () => step(-1), "small"), button("Next →", () => step(1), "small"))
    card.append(moves)
  }

  judge(picture, i) {   // what should its label be?
    const { data, told } = this
    const box = make("div", "judge")
    if (data.closed) return box
    const mark = data.marks[picture]
    box.append(make("span", "note", "What should its label be?"))
    const row = make("div", "labels")
    const say = label => {
      data.marks[picture] = label
      this.trigger("mark", [picture, label])
      this.update(false)
    }
    data.classes.forEach((sign, label) => {
      const one = button(sign, () => say(label === told.truth[i] ? -1 : label))
      one.title = data.names[label]
      one.setAttribute("aria-pressed", mark === undefined ? false : mark < 0 ? label === told.truth[i] : label === mark)
      row.append(one)
    })
    const leave = button("Leave it", () => say(-1), "small")
    leave.setAttribute("aria-pressed", mark === -1)
    box.append(row, leave)
    if (mark !== undefined) box.append(button("Undo", () => {
      delete data.marks[picture]
      this.trigger("mark", [picture, null])
      this.update(false)
    }, "small"))
    return box
  }

  update(list = true) {
    if (!this.strip) return
    const { data, told } = this
    this.page = look(this.root)
    if (list) {
      const found = this.chosen()
      this.listTitle.textContent = this.words(found.length)
      this.strip.shown = found
      this.strip.limit = 72
      this.strip.cursor = null
      this.clear.hidden = this.choice.kind === "start"
      this.clear.textContent = data.mode === "hunt" ? "All pictures" : data.mode === "side" ? "All disagreements" : "All mistakes"
      this.listNote.textContent = found.length ? (data.notes?.[data.mode] ?? "") : "There are no such pictures."
      this.cloud.chosen = this.choice.kind === "start" ? null : new Set(found)
      this.loud = new Set(data.mode === "hunt" ? [] : this.choice.kind === "start" && found.length <= FEW ? found : [])
    }
    this.cloud.loud = i => this.loud.has(i)
    this.cloud.mark = this.open
    const count = data.classes.length
    const { dark, right, wrong } = this.page
    const palette = data.classes.map((_, i) => classColour(i, count, dark))
    this.cloud.colours = this.colouring === "class" ? i => palette[told.truth[i]] : i => told.answers[i] === told.truth[i] ? right : wrong
    const by = value => { this.colouring = value; this.update(false) }
    this.colourBox.replaceChildren(switched([["class", data.mode === "hunt" ? "by label" : "by class"], ["right", "right / wrong"]], this.colouring, by))
    this.lasso.setAttribute("aria-pressed", this.cloud.lassoing)
    this.cloud.canvas.style.touchAction = this.cloud.lassoing ? "none" : "pan-y"
    if (this.matrix && data.mode === "mistakes") {
      this.matrix.chosen = this.choice.kind === "cell" ? this.choice.place : null
      this.shareBox.replaceChildren(switched([[false, "pictures"], [true, "% of the row"]], this.matrix.share, value => { this.matrix.share = value; this.update(false) }))
    }
    if (data.mode === "side") this.paintFour()
    this.strip.open = this.open
    this.paintCard()
    this.paint()
  }

  paintFour() {
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < this.size; i++) counts[this.kind(i)]++
    this.four.replaceChildren()
    const { titles, kinds } = this.data
    this.four.append(make("span"), make("b", "", `${titles[1]} right`), make("b", "", `${titles[1]} wrong`), make("b", "", `${titles[0]} right`))
    const cell = which => {
      const one = button(counts[which].toLocaleString("en"), () => this.choose({ kind: "four", which }), which === 1 || which === 2 ? "apart" : "")
      one.setAttribute("aria-pressed", this.choice.kind === "four" && this.choice.which === which)
      one.setAttribute("aria-label", `${counts[which]} pictures: ${kinds[which]}`)
      return one
    }
    this.four.append(cell(0), cell(1), make("b", "", `${titles[0]} wrong`), cell(2), cell(3))
  }

  paint() {
    if (!this.strip || !this.root.clientWidth) return
    if (this.data.mode === "mistakes") this.matrix.paint()
    this.cloud.paint()
    this.strip.paint()
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let board = boards.get(parentElement)
  if (!board) {
    board = new Board(parentElement.querySelector(".board"), parentElement.querySelector(".tip"))
    boards.set(parentElement, board)
  }
  board.send = setStateValue
  board.trigger = setTriggerValue
  board.take({ ...data, marks: { ...data.marks } })
  return () => {
    board.watch.disconnect()
    boards.delete(parentElement)
  }
}
