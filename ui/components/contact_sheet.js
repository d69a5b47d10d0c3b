// One image, many cells: a click or the arrow keys pick a cell.

function mark(frame, data, place) {
  frame.hidden = place === null || place === undefined
  if (frame.hidden) return
  const rows = Math.ceil(data.count / data.columns)
  frame.style.left = `${100 * (place % data.columns) / data.columns}%`
  frame.style.top = `${100 * Math.floor(place / data.columns) / rows}%`
  frame.style.width = `${100 / data.columns}%`
  frame.style.height = `${100 / rows}%`
}

const MOVES = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: columns => -columns, ArrowDown: columns => columns }

export default function ({ data, parentElement, setTriggerValue }) {
  const image = parentElement.querySelector("img")
  const frame = parentElement.querySelector("i")
  if (image.src !== data.image) image.src = data.image
  image.alt = data.alt
  mark(frame, data, data.picked)
  const pick = place => {
    if (place < 0 || place >= data.count) return
    mark(frame, data, place)
    setTriggerValue("picked", place)
  }
  image.onclick = event => {
    const box = image.getBoundingClientRect()
    const rows = Math.ceil(data.count / data.columns)
    const across = Math.min(Math.floor((event.clientX - box.left) / box.width * data.columns), data.columns - 1)
    pick(Math.min(Math.floor((event.clientY - box.top) / box.height * rows), rows - 1) * data.columns + across)
  }
  image.onkeydown = event => {
    if (!MOVES[event.key]) return
    event.preventDefault()
    pick((data.picked ?? -1) + MOVES[event.key](data.columns))
  }
}
