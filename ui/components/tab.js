// Tells the server which tab this is: a token of the tab's own, the same after a reload and gone when the tab is closed.

const NAME = "inkling-tab"

function token() {
  let mine = sessionStorage.getItem(NAME)
  if (!mine) {
    mine = Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("")
    sessionStorage.setItem(NAME, mine)
  }
  return mine
}

export default function ({ data, setStateValue }) {
  try {
    if (data.known !== token()) setStateValue("token", token())
  } catch {
    // a browser that keeps nothing: then a reload begins anew
  }
}
