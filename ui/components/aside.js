// Folds the sidebar on a phone, where it lies over the page: only the browser knows how wide its window is.

const seen = new WeakMap()   // the mounted element -> how often something had begun
const NARROW = "(max-width: 768px)"   // from here on Streamlit lays the sidebar over the page

export default function ({ data, parentElement }) {
  const before = seen.get(parentElement)
  seen.set(parentElement, data.begun)
  if (before === undefined || before === data.begun || !matchMedia(NARROW).matches) return
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
}
