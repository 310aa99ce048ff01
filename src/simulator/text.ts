/** Codes the server puts on the wire in place of the face that was typed (clients undo it). */
const SUBSTITUTED = new Map([
  ['1f601', '1f63c'],
  ['1f602', '1f639'],
  ['1f603', '1f63a'],
  ['1f616', '1f4ab'],
  ['1f614', '1f64d'],
  ['1f618', '1f63d'],
  ['1f621', '1f64e'],
  ['1f622', '1f63f'],
  ['1f60d', '1f63b'],
])

const FACES = /[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}]/gu
const OLD_FACES = /[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}]/gu

/** The five characters the server writes as entities; everything else stays itself. */
export function entities(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** What a person typed, as Content of a text message: entities, `<br/>` for newlines, spans for old emoji. */
export function contentOfText(text: string): string {
  return spans(entities(text), OLD_FACES).replaceAll('\n', '<br/>')
}

/** A nickname, remark, display name or topic on the wire: entities, and spans for every emoji. */
export function contentOfName(name: string): string {
  return spans(entities(name), FACES)
}

/** An XML body as Content: its markup entity-encoded (quotes stay), its newlines as real `<br/>` tags. */
export function contentOfXml(xml: string): string {
  return xml
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br/>')
}

/** Text inside an XML element or attribute, before the whole body is encoded once more. */
export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function spans(text: string, faces: RegExp): string {
  return text.replace(faces, (face) => {
    const code = (face.codePointAt(0) ?? 0).toString(16)
    return `<span class="emoji emoji${SUBSTITUTED.get(code) ?? code}"></span>`
  })
}
