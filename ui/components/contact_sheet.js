// One image, many cells: a click or the arrow keys pick a cell. Where cells can carry marks, the arrow keys only move
// the frame, and the space bar or Enter picks.

const cursors = new WeakMap()   // where the keyboard is, on a sheet with marks

function lay(frame, data, place) {
  frame.hidden = place === null || place === undefined || place < 0
  if (frame.hidden) return
  const rows = Math.ceil(data.count / data.columns)
  frame.style.left = `${100 * (place % data.columns) / data.columns}%`
  frame.style.top = `${100 * Math.floor(place / data.columns) / rows}%`
  frame.style.width = `${100 / data.columns}%`
  frame.style.height = `${100 / rows}%`
}

function marked(sheet, data) {
  sheet.querySelectorAll("b").forEach(each => each.remove())
  for (const [place, sign] of Object.entries(data.marks ?? {})) {
    const mark = document.createElement("b")
    mark.className = sign === "+" ? "more" : "less"
    mark.dataset.sign = sign
    lay(mark, data, Number(place))
    sheet.append(mark)
  }
}

const MOVES = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: columns => -columns, ArrowDown: columns => columns }

export default function ({ data, parentElement, setTriggerValue }) {
  const sheet = parentElement.querySelector(".sheet")
  const image = parentElement.querySelector("img")
  const frame = parentElement.querySelector("i")
  if (image.getAttribute("src") !== data.image) image.src = data.image
  image.alt = data.alt
  marked(sheet, data)
  lay(frame, data, data.marks ? cursors.get(parentElement) : data.picked)
  const pick = place => {
    if (place < 0 || place >= data.count) return
    if (!data.marks) lay(frame, data, place)
    setTriggerValue("picked", place)
  }
  image.onclick = event => {
    const box = image.getBoundingClientRect()
    const rows = Math.ceil(data.count / data.columns)
    const across = Math.min(Math.floor((event.clientX - box.left) / box.width * data.columns), data.columns - 1)
    pick(Math.min(Math.floor((event.clientY - box.top) / box.height * rows), rows - 1) * data.columns + across)
  }
  image.onkeydown = event => {
    const at = data.marks ? cursors.get(parentElement) ?? -1 : data.picked ?? -1
    const place = MOVES[event.key] ? at + MOVES[event.key](data.columns) : at
    if (!MOVES[event.key] && !(data.marks && [" ", "Enter"].includes(event.key))) return
    event.preventDefault()
    if (!data.marks || !MOVES[event.key]) pick(place)
    else if (place >= 0 && place < data.count) {
      cursors.set(parentElement, place)
      lay(frame, data, place)
    }
  }
}
