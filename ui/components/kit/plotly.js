// Plotly, loaded once for the whole page, and charts that are taken away only when nothing draws them any more.

const charts = new WeakMap()   // place -> the promise of its last drawing

function plotly(source) {
  if (!window.inklingPlotly) {
    window.inklingPlotly = new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = source
      script.onload = () => resolve(window.Plotly || window.moduleName)
      script.onerror = () => { delete window.inklingPlotly; script.remove(); reject(new Error(source)) }
      document.head.append(script)
    })
  }
  return window.inklingPlotly
}

function chart(Plotly, place, data, layout, more) {
  const drawing = Plotly.react(place, data, layout, { displayModeBar: false, doubleClick: "autosize", ...more })
  charts.set(place, drawing)
  return drawing
}

function unchart(place) {   // in the middle of a drawing, Plotly would stumble over what is gone
  window.inklingPlotly?.then(async Plotly => {
    try { await charts.get(place) } catch { /* it never became whole */ }
    Plotly.purge(place)
  })
}
