// Keeps the visitor's nickname in a cookie: a reload begins a new session, and the server reads the cookie there.

const YEAR = 31536000   // seconds
let written = null      // the last one of this tab: another tab may have typed a newer one since

export default function ({ data }) {
  const text = encodeURIComponent(data.name)
  if (text === written) return
  written = text
  document.cookie = `${data.cookie}=${text}; path=/; max-age=${text ? YEAR : 0}; samesite=lax`
}
