/** One part of a form: its text value, and the bytes when it is a file. */
export interface FormPart {
  readonly value: string
  readonly bytes: Uint8Array
  readonly fileName: string | null
}

const GAP = Buffer.from('\r\n\r\n')

/** Reads `multipart/form-data`; null when the type or the body is something else. */
export function readForm(contentType: string, body: Uint8Array): ReadonlyMap<string, FormPart> | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return null
  const whole = Buffer.from(body)
  const parts = new Map<string, FormPart>()
  const mark = Buffer.from(`--${boundary}`)
  let at = whole.indexOf(mark)
  while (at >= 0) {
    const next = whole.indexOf(mark, at + mark.length)
    if (next < 0) break
    // Between two marks: CRLF, head, empty line, content, CRLF.
    addPart(parts, whole.subarray(at + mark.length + 2, next - 2))
    at = next
  }
  return parts
}

function addPart(parts: Map<string, FormPart>, part: Buffer): void {
  const gap = part.indexOf(GAP)
  if (gap < 0) return
  const head = part.subarray(0, gap).toString('utf8')
  const bytes = part.subarray(gap + GAP.length)
  const name = /[; ]name="([^"]*)"/.exec(head)?.[1]
  if (name === undefined) return
  parts.set(name, {
    value: bytes.toString('utf8'),
    bytes,
    fileName: /filename="([^"]*)"/.exec(head)?.[1] ?? null,
  })
}
