// Listens for a pasted picture; text is left to whoever wants it.

const LONGEST = 2000   // pixels: core/data/photo.py reads no more
const listeners = new WeakMap()

async function shrunk(file) {
  let picture
  try {
    picture = await createImageBitmap(file)
  } catch {
    return file   // not for the browser to judge: Python says what is wrong with it
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  const kind = canvas.width * canvas.height > 500000 ? "image/jpeg" : "image/png"
  return new Promise(resolve => canvas.toBlob(resolve, kind, 0.9))
}

function base64(blob) {
  return new Promise(resolve => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1))
    reader.readAsDataURL(blob)
  })
}

export default function ({ parentElement, setTriggerValue }) {
  let mine = listeners.get(parentElement)
  if (!mine) {
    mine = {}
    mine.hear = async event => {
      const file = [...(event.clipboardData?.files ?? [])].find(each => each.type.startsWith("image/"))
      if (!file) return
      event.preventDefault()
      mine.send("pasted", await base64(await shrunk(file)))
    }
    document.addEventListener("paste", mine.hear)
    listeners.set(parentElement, mine)
  }
  mine.send = setTriggerValue
  return () => {
    document.removeEventListener("paste", mine.hear)
    listeners.delete(parentElement)
  }
}
