// The answer: updates in place, so that bars glide instead of flickering while the pen moves.

const rowsOf = new WeakMap()

function percent(share) {
  if (share >= 0.9995) return "100 %"
  if (share < 0.0005) return "0 %"
  return share < 0.0995 ? `${(100 * share).toFixed(1)} %` : `${Math.round(100 * share)} %`
}

function pixels(canvas, text) {
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(28, 28)
  const bytes = text ? atob(text) : ""
  for (let at = 0; at < 784; at++) {
    const value = bytes ? bytes.charCodeAt(at) : 0
    image.data.set([value, value, value, 255], 4 * at)
  }
  pen.putImageData(image, 0, 0)
}

function row() {
  const made = document.createElement("li")
  made.innerHTML = '<span class="sign"></span><span class="track"><i></i></span><span class="share"></span>'
  const [sign, track, share] = made.children
  return { made, sign, bar: track.firstChild, share }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".answer")
  const find = name => root.querySelector(`.${name}`)
  let rows = rowsOf.get(parentElement)
  if (!rows) {
    rows = Array.from({ length: data.rows }, row)
    find("bars").replaceChildren(...rows.map(each => each.made))
    rowsOf.set(parentElement, rows)
  }
  root.dataset.state = data.state
  find("big").textContent = data.sign
  root.classList.toggle("worded", [data, ...data.bars].some(each => [...each.sign].length > 2))   // a class named house
  find("sentence").textContent = data.sentence
  find("detail").textContent = data.detail
  pixels(root.querySelector("canvas"), data.seen)
  rows.forEach((each, index) => {
    const bar = data.bars[index]
    each.made.classList.toggle("blank", !bar)
    each.sign.textContent = bar ? bar.sign : "·"
    each.sign.title = bar ? bar.name : ""
    each.bar.style.transform = `scaleX(${bar ? Math.max(bar.share, 0.004) : 0})`
    each.share.textContent = bar ? percent(bar.share) : ""
  })
  const meter = find("meter")
  meter.classList.toggle("mute", data.reject === null)
  meter.setAttribute("aria-valuenow", Math.round(100 * (data.reject ?? 0)))
  meter.style.setProperty("--value", data.reject ?? 0)
  meter.style.setProperty("--limit", data.limit ?? 1)
  find("verdict").textContent = data.verdict
  root.dataset.n = data.n
}
