// The answer: updates in place, so that bars glide instead of flickering while the pen moves. It draws what the page
// says, and sooner what the pad has heard from the address that both know.

const answers = new WeakMap()
const FIELDS = ["state", "sign", "sentence", "detail", "bars", "seen", "reject", "limit", "verdict"]

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

function show(mine, n, said) {
  const { root, rows } = mine
  const text = JSON.stringify([n, ...FIELDS.map(name => said[name])])
  mine.n = n
  if (text === mine.text) return   // the page says what the pad has heard before
  mine.text = text
  const find = name => root.querySelector(`.${name}`)
  root.dataset.state = said.state
  find("big").textContent = said.sign
  root.classList.toggle("worded", [said, ...said.bars].some(each => [...each.sign].length > 2))   // a class named house
  find("sentence").textContent = said.sentence
  find("detail").textContent = said.detail
  pixels(root.querySelector("canvas"), said.seen)
  rows.forEach((each, index) => {
    const bar = said.bars[index]
    each.made.classList.toggle("blank", !bar)
    each.sign.textContent = bar ? bar.sign : "·"
    each.sign.title = bar ? bar.name : ""
    each.bar.style.transform = `scaleX(${bar ? Math.max(bar.share, 0.004) : 0})`
    each.share.textContent = bar ? percent(bar.share) : ""
  })
  const meter = find("meter")
  meter.classList.toggle("mute", said.reject === null)
  meter.setAttribute("aria-valuenow", Math.round(100 * (said.reject ?? 0)))
  meter.style.setProperty("--value", said.reject ?? 0)
  meter.style.setProperty("--limit", said.limit ?? 1)
  find("verdict").textContent = said.verdict
  root.dataset.n = n
}

export default function ({ data, parentElement }) {
  let mine = answers.get(parentElement)
  if (!mine) {
    const root = parentElement.querySelector(".answer")
    mine = { root, rows: Array.from({ length: data.rows }, row), n: -1, asked: "" }
    root.querySelector(".bars").replaceChildren(...mine.rows.map(each => each.made))
    mine.hear = ({ detail: { asked, n, said } }) => { if (asked === mine.asked && n >= mine.n) show(mine, n, said) }
    document.addEventListener("inkling-read", mine.hear)
    answers.set(parentElement, mine)
  }
  if (data.asked !== mine.asked || data.n >= mine.n) show(mine, data.n, data)   // else the pad is further already
  mine.asked = data.asked
  return () => {
    document.removeEventListener("inkling-read", mine.hear)
    answers.delete(parentElement)
  }
}
