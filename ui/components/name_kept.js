// Keeps the visitor's nickname in a cookie: a reload begins a new session, and the server reads the cookie there.
// It ends with the browser: the next one at a shared machine is somebody else.

let written = null      // the last one of this tab: another tab may have typed a newer one since

export default function ({ data }) {
  const text = encodeURIComponent(data.name)
  if (text === written) return
  written = text
  document.cookie = `${data.cookie}=${text}; path=/${text ? "" : "; max-age=0"}; samesite=lax`
}
