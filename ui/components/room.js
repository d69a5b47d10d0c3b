// Tells the server how much room there is, in steps of ten pixels, and again when the screen is turned.

const CALM = 150   // ms without a change: a window that is being dragged reports once
const watched = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  let mine = watched.get(parentElement)
  if (!mine) {
    mine = {}
    watched.set(parentElement, mine)
    const probe = parentElement.querySelector("div")
    mine.look = () => {
      const width = Math.min(mine.most, Math.floor(probe.clientWidth / 10) * 10)
      if (width > 0 && width !== mine.width) mine.send("width", width)
    }
    mine.watch = new ResizeObserver(() => {
      clearTimeout(mine.later)
      mine.later = setTimeout(mine.look, mine.width ? CALM : 0)
    })
    mine.watch.observe(probe)
  }
  Object.assign(mine, { send: setStateValue, width: data.width, most: data.most })
  return () => {
    mine.watch.disconnect()
    clearTimeout(mine.later)
    watched.delete(parentElement)
  }
}
