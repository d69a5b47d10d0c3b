// The arithmetic sheet: picture, input map and output map with their windows, the numbers of one product sum,
// and the kernel sliding over the input while the output map fills.

const sheets = new WeakMap()
const SCALES = {   // as on the wall
  light: { below: [[255, 255, 255], [146, 197, 238], [33, 113, 181], [8, 48, 107]], above: [[255, 255, 255], [253, 190, 112], [217, 95, 2], [127, 39, 4]] },
  dark: { below: [[24, 29, 38], [24, 74, 122], [58, 150, 222], [176, 220, 255]], above: [[24, 29, 38], [122, 62, 18], [238, 130, 40], [255, 214, 160]] },
}
const SIDE = 132        // pixels of the three small pictures
const SLIDE = 9000      // ms for the whole slide, at most

function make(name, classes, text) {
  const made = document.createElement(name)
  if (classes) made.className = classes
  if (text !== undefined) made.textContent = text
  return made
}

function halves(text) {
  const bits = new Uint16Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer)
  return Float32Array.from(bits, value => {
    const sign = value >> 15 ? -1 : 1
    const power = (value >> 10) & 31
    const rest = value & 1023
    return power ? sign * (1 + rest / 1024) * 2 ** (power - 15) : sign * rest * 2 ** -24
  })
}

function shade(sheet, value, most) {
  const stops = SCALES[sheet.dark ? "dark" : "light"][value < 0 ? "below" : "above"]
  const at = Math.min(Math.abs(value) / (most || 1), 1) * (stops.length - 1)
  const low = Math.min(Math.floor(at), stops.length - 2)
  return stops[low].map((each, k) => Math.round(each + (stops[low + 1][k] - each) * (at - low)))
}

function ink(colour) {   // black or white, whichever stands out more: at least 4.5 to 1 on any colour
  const [red, green, blue] = colour.map(each => each <= 10 ? each / 3294 : ((each / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff"
}

function size(value) {
  const most = Math.abs(value)
  if (most === 0) return "0"
  if (most >= 1000 || most < 0.0005) return most.toExponential(1)
  return most >= 100 ? most.toFixed(0) : most >= 10 ? most.toFixed(1) : most.toFixed(most < 0.1 ? 3 : 2)
}

function signed(value) {   // a big sign, then the number
  const box = document.createDocumentFragment()
  if (value === null || value === undefined) { box.append("edge"); return box }
  if (value !== 0) box.append(make("b", "", value < 0 ? "−" : "+"))
  box.append(size(value))
  return box
}

function text(value) {
  return (value < 0 ? "−" : "+") + size(value)
}

function isDark(element) {
  const probe = document.createElement("canvas").getContext("2d")
  probe.fillStyle = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(probe.fillStyle.slice(at, at + 2), 16))
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128
}

function canvas(height, width) {
  const made = make("canvas")
  const cell = Math.max(1, Math.floor(SIDE / Math.max(height, width)))
  const scale = cell > 1 ? cell : SIDE / Math.max(height, width)
  const ratio = 2
  made.width = Math.round(width * scale * ratio)
  made.height = Math.round(height * scale * ratio)
  made.style.width = `${Math.round(width * scale)}px`
  made.style.height = `${Math.round(height * scale)}px`
  const pen = made.getContext("2d")
  pen.scale(ratio, ratio)
  pen.imageSmoothingEnabled = false
  return { made, pen, scale, height, width }
}

function image(height, width, colour) {
  const made = document.createElement("canvas")
  made.width = width
  made.height = height
  const data = new ImageData(width, height)
  for (let k = 0; k < height * width; k++) data.data.set([...colour(k), 255], 4 * k)
  made.getContext("2d").putImageData(data, 0, 0)
  return made
}

function laid(board, source, box, sheet) {   // a picture with a window on it: [top, left, height, width] in its pixels
  const { pen, scale, height, width } = board
  pen.clearRect(0, 0, width * scale, height * scale)
  pen.drawImage(source, 0, 0, width * scale, height * scale)
  if (!box) return
  const style = getComputedStyle(sheet.root)
  const top = Math.max(box[0], 0)
  const left = Math.max(box[1], 0)
  const bottom = Math.min(box[0] + box[2], height)
  const right = Math.min(box[1] + box[3], width)
  if (bottom <= top || right <= left) return
  const place = [left * scale + 1, top * scale + 1, Math.max((right - left) * scale - 2, 2), Math.max((bottom - top) * scale - 2, 2)]
  for (const [thick, colour] of [[4.5, style.getPropertyValue("--st-background-color")], [2, style.getPropertyValue("--st-text-color")]]) {
    pen.lineWidth = thick
    pen.strokeStyle = colour
    pen.strokeRect(...place)
  }
}

function figure(board, caption) {
  const made = make("figure")
  board.made.setAttribute("role", "img")
  board.made.setAttribute("aria-label", caption)
  made.append(board.made, make("figcaption", "", caption))
  return made
}

function grid(sheet, rows, most, name, top) {
  const outer = make("div")
  outer.append(make("div", "gridname", name))
  const made = make("div", `grid${rows[0].length > 6 ? " wide" : ""}`)
  made.style.gridTemplateColumns = `repeat(${rows[0].length}, auto)`
  rows.forEach((row, y) => row.forEach((value, x) => {
    const cell = make("div", `cell${top && top[0] === y && top[1] === x ? " top" : ""}`)
    const colour = shade(sheet, value ?? 0, most)
    cell.style.background = `rgb(${colour.join(",")})`
    cell.style.color = ink(colour)
    cell.append(signed(value))
    made.append(cell)
  }))
  outer.append(made)
  return outer
}

function largest(rows) {
  return Math.max(...rows.flat().map(value => Math.abs(value ?? 0)), 1e-9)
}

function views(sheet, data) {
  const box = make("div", "views")
  const [channels, height, width] = data.picture.shape
  const raw = Uint8Array.from(atob(data.picture.values), letter => letter.charCodeAt(0))
  const plane = height * width
  const source = image(height, width, k => channels === 1 ? [raw[k], raw[k], raw[k]] : [raw[k], raw[plane + k], raw[2 * plane + k]])
  const first = canvas(height, width)
  const [top, left, bottom, right] = data.box
  laid(first, source, [top, left, bottom - top, right - left], sheet)
  const all = top <= 0 && left <= 0 && bottom >= height && right >= width
  box.append(figure(first, all ? "the picture: this number sees all of it" : `the picture: this number sees ${Math.min(bottom, height) - Math.max(top, 0)}×${Math.min(right, width) - Math.max(left, 0)} pixels`))
  if (data.inputs && data.window) {
    sheet.input = canvas(data.inputs.shape[1], data.inputs.shape[2])
    sheet.inputValues = halves(data.inputs.values)
    box.append(figure(sheet.input, "what comes in, and the window"))
  }
  if (data.output) {
    sheet.output = canvas(data.output.shape[1], data.output.shape[2])
    const values = halves(data.output.values)
    sheet.outputValues = values
    sheet.outputImage = image(data.output.shape[1], data.output.shape[2], k => shade(sheet, values[k], data.output.most))
    box.append(figure(sheet.output, "what goes out: this map"))
  }
  return box
}

function still(sheet, data) {   // the windows at the chosen pixel
  if (sheet.input) laid(sheet.input, sheet.inputImage, data.window, sheet)
  if (sheet.output) laid(sheet.output, sheet.outputImage, [data.place[1], data.place[2], 1, 1], sheet)
}

function select(sheet, data, index) {   // one input channel
  sheet.term = index
  const term = data.terms[index]
  if (sheet.input) {
    const [, height, width] = data.inputs.shape
    const plane = height * width
    const at = Math.max(data.inputs.channels.indexOf(term ? term.channel : data.inputs.channels[0]), 0) * plane
    sheet.inputImage = image(height, width, k => shade(sheet, sheet.inputValues[at + k], data.inputs.most))
    still(sheet, data)
  }
  if (!term || !sheet.grids) return
  sheet.grids.replaceChildren()
  if (!term.patch) {
    sheet.grids.append(make("p", "where", `The window holds ${term.shape.join("×")} numbers, too many to print; their sum is ${text(term.sum)}.`))
    return
  }
  const many = data.terms.length > 1 || data.left_out
  const channel = many ? `, input channel ${term.channel + 1}` : ""
  const name = data.kind === "convolution" ? `patch${channel}` : "the window"
  sheet.grids.append(grid(sheet, term.patch, largest(term.patch), name, data.kind === "maximum" ? data.chosen : null))
  if (!term.kernel) return
  const products = term.patch.map((row, y) => row.map((value, x) => value * term.kernel[y][x]))
  sheet.grids.append(make("span", "op", "×"), grid(sheet, term.kernel, largest(term.kernel), "kernel"))
  sheet.grids.append(make("span", "op", "="), grid(sheet, products, largest(products), "products"))
  const sum = make("span", "op", " Σ ")
  sum.append(signed(term.sum))
  sheet.grids.append(sum)
}

function shares(sheet, data) {   // what each input channel adds
  const box = make("div", "sums")
  const most = Math.max(...data.terms.map(term => Math.abs(term.sum)), 1e-9)
  data.terms.forEach((term, index) => {
    const button = make("button", "", `channel ${term.channel + 1}`)
    button.type = "button"
    button.style.minHeight = "1.5rem"
    button.style.padding = "0 0.5rem"
    button.onclick = () => select(sheet, data, index)
    const lane = make("span", "lane")
    const bar = make("span")
    const wide = 50 * Math.abs(term.sum) / most
    bar.style.left = `${term.sum < 0 ? 50 - wide : 50}%`
    bar.style.width = `${wide}%`
    bar.style.background = `rgb(${shade(sheet, Math.sign(term.sum) * 0.66, 1).join(",")})`
    lane.append(bar)
    const value = make("span")
    value.append(signed(term.sum))
    box.append(button, lane, value)
  })
  return box
}

function listed(data) {
  const made = make("table")
  const head = make("tr")
  for (const word of ["input", "its value", "× weight", "= product"]) head.append(make("th", "", word))
  made.append(head)
  for (const [name, ...values] of data.list) {
    const row = make("tr")
    row.append(make("td", "", name))
    for (const value of values) {
      const cell = make("td")
      if (value !== null) cell.append(signed(value))
      row.append(cell)
    }
    made.append(row)
  }
  return made
}

function slider(sheet, data) {
  const bar = make("div", "bar")
  const button = make("button", "", "▶ Slide the window")
  const running = make("span", "running")
  const [, height, width] = data.output.shape
  button.type = "button"
  button.onclick = () => {
    if (sheet.frame) { stop(sheet, data, button, running); return }
    button.textContent = "■ Stop"
    const begin = performance.now()
    const whole = Math.min(SLIDE, 90 * height * width)
    const stride = sheet.stride
    const tick = now => {
      const at = Math.min(Math.floor((now - begin) / whole * height * width), height * width - 1)
      const [y, x] = [Math.floor(at / width), at % width]
      laid(sheet.input, sheet.inputImage, [sheet.start[0] + y * stride[0], sheet.start[1] + x * stride[1], data.window[2], data.window[3]], sheet)
      const { pen, scale } = sheet.output
      laid(sheet.output, sheet.outputImage, [y, x, 1, 1], sheet)
      pen.fillStyle = getComputedStyle(sheet.root).getPropertyValue("--st-secondary-background-color")
      pen.fillRect((x + 1) * scale, y * scale, (width - x - 1) * scale, scale)
      pen.fillRect(0, (y + 1) * scale, width * scale, (height - y - 1) * scale)
      running.textContent = `row ${y + 1}, column ${x + 1}: ${text(sheet.outputValues[at])}`
      if (now - begin < whole) sheet.frame = requestAnimationFrame(tick)
      else stop(sheet, data, button, running)
    }
    sheet.frame = requestAnimationFrame(tick)
  }
  bar.append(button, running)
  return bar
}

function stop(sheet, data, button, running) {
  cancelAnimationFrame(sheet.frame)
  sheet.frame = 0
  if (button) button.textContent = "▶ Slide the window"
  if (running) running.textContent = ""
  still(sheet, data)
}

function build(sheet, data) {
  cancelAnimationFrame(sheet.frame)
  Object.assign(sheet, { frame: 0, input: null, output: null, grids: null, start: data.start, stride: data.stride })
  sheet.root.replaceChildren(make("h3", "", data.title), make("p", "where", `${data.where}: how ${text(data.total)} comes about`))
  sheet.root.append(views(sheet, data))
  if (sheet.input && sheet.output && data.start) sheet.root.append(slider(sheet, data))
  if (data.terms.length) {
    sheet.grids = make("div", "grids")
    sheet.root.append(sheet.grids)
    if (data.terms.length > 1) {
      const extra = data.left_out ? ` (the ${data.terms.length} largest of ${data.terms.length + data.left_out})` : ""
      sheet.root.append(make("div", "gridname", `what each input channel adds${extra}; choose one to see its numbers`), shares(sheet, data))
    }
  }
  if (data.list.length) sheet.root.append(listed(data))
  const said = make("p", "said", data.said)
  said.dataset.total = data.total
  sheet.root.append(said)
  if (data.then.length) {
    const list = make("ul", "then")
    for (const [name, words] of data.then) {
      const item = make("li")
      item.append(make("b", "", `then ${name}: `), words)
      list.append(item)
    }
    sheet.root.append(list)
  }
  const biggest = data.terms.reduce((best, term, i) => Math.abs(term.sum) > Math.abs(data.terms[best].sum) ? i : best, 0)
  select(sheet, data, biggest)
  sheet.spoken.textContent = `${data.title}, ${data.where}. ${data.said}`
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".sheet")
  let sheet = sheets.get(parentElement)
  const first = !sheet
  if (first) {
    sheet = { root, spoken: parentElement.querySelector(".sr") }
    sheets.set(parentElement, sheet)
  }
  const dark = isDark(root)
  const fresh = JSON.stringify(data) + dark
  if (fresh !== sheet.fresh) {
    sheet.fresh = fresh
    sheet.dark = dark
    build(sheet, data)
    const box = root.getBoundingClientRect()
    const click = JSON.stringify(data.click)
    const asked = !first && data.click && click !== sheet.click
    sheet.click = click
    if (asked && box.top > innerHeight * 0.8) {   // on a phone the sheet lies below the wall
      root.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
    }
  }
  return () => {
    cancelAnimationFrame(sheet.frame)
    sheets.delete(parentElement)
  }
}
