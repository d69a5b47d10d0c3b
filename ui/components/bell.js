// Rings when a drawing has its answer: what is worked out more slowly follows then, in a fragment of its own.

const listeners = new WeakMap()

export default function ({ parentElement, setStateValue }) {
  let mine = listeners.get(parentElement)
  if (!mine) {
    mine = { hear: event => mine.ring("n", event.detail) }
    document.addEventListener("inkling-answered", mine.hear)
    listeners.set(parentElement, mine)
  }
  mine.ring = setStateValue
  return () => {
    document.removeEventListener("inkling-answered", mine.hear)
    listeners.delete(parentElement)
  }
}
