// Large things are fetched once and kept: typed arrays in one file, and sheets with a thousand pictures each.

const fetched = new Map()
const KINDS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i1: Int8Array, i2: Int16Array, f4: Float32Array }

function unpacked(buffer) {   // [length of the header][header as JSON][arrays, each at a multiple of eight]
  const length = new DataView(buffer).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)))
  const found = { ...header.told }
  for (const each of header.arrays) {
    const Kind = KINDS[each.kind]
    found[each.name] = new Kind(buffer, header.start + each.at, each.count)
    found[each.name].shape = each.shape
  }
  return found
}

async function once(address, read) {   // the lab may have started anew since the page was drawn: ask a few times
  for (let left = 4; ; left--) {
    try {
      const answer = await fetch(address)
      if (answer.ok) return await read(answer)
    } catch (error) {
      if (left === 0) throw error
    }
    if (left === 0) throw new Error(`${address} is not there`)
    await new Promise(done => setTimeout(done, 700))
  }
}

function parcel(address) {
  if (!fetched.has(address)) {
    const coming = once(address, answer => answer.arrayBuffer()).then(unpacked)
    coming.catch(() => fetched.delete(address))
    fetched.set(address, coming)
  }
  return fetched.get(address)
}

function image(address) {
  if (!fetched.has(address)) {
    fetched.set(address, new Promise((done, failed) => {
      const made = new Image()
      made.onload = () => done(made)
      made.onerror = () => { fetched.delete(address); failed(new Error(`${address} is not there`)) }
      made.src = address
    }))
  }
  return fetched.get(address)
}

class Sheets {   // pictures 0, 1, 2 … in sheets of `per`, `columns` beside each other, each a square of `side` pixels
  constructor(told) {
    Object.assign(this, told)
    this.ready = this.addresses.map(() => null)
  }

  need(index) {   // a promise where the sheet is still to come
    const number = Math.floor(index / this.per)
    if (this.ready[number] || !this.addresses[number]) return null
    return image(this.addresses[number]).then(sheet => { this.ready[number] = sheet }, () => {})
  }

  draw(pen, index, x, y, size) {
    const sheet = this.ready[Math.floor(index / this.per)]
    if (!sheet) return false
    const place = index % this.per
    pen.imageSmoothingEnabled = size < this.side
    pen.drawImage(sheet, place % this.columns * this.side, Math.floor(place / this.columns) * this.side, this.side, this.side, x, y, size, size)
    return true
  }

  later(indexes, redraw) {   // draws again when sheets have come
    const coming = [...new Set(indexes.map(index => Math.floor(index / this.per)))].map(number => this.need(number * this.per)).filter(Boolean)
    for (const each of coming) each.then(redraw)
  }
}
