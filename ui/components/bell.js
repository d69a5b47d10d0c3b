// Rings when a drawing or a made picture has its answer: what is worked out more slowly follows then, in a fragment of
// its own.

const listeners = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  let mine = listeners.get(parentElement)
  if (!mine) {
    mine = { event: data?.event ?? "inkling-answered", hear: event => mine.ring("n", event.detail) }
    document.addEventListener(mine.event, mine.hear)
    listeners.set(parentElement, mine)
  }
  mine.ring = setStateValue
  return () => {
    document.removeEventListener(mine.event, mine.hear)
    listeners.delete(parentElement)
  }
}
