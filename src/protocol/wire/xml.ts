import { XMLParser } from 'fast-xml-parser'

/** Larger bodies are not opened: no field of ours sits that deep in text. */
const MAX_XML = 256 * 1024
const MAX_DEPTH = 40
const FORBIDDEN = /<!(?!\[CDATA\[)/

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  htmlEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: true,
  allowBooleanAttributes: true,
})

/** One element: children by name, attributes under `@name`, text under `#text`. */
export type XmlNode = ReadonlyMap<string, readonly (XmlNode | string)[]>

/** Own properties only, into maps: an element called `__proto__` is just a name. */
function toNode(value: unknown, depth: number): XmlNode | string {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  const node = new Map<string, (XmlNode | string)[]>()
  if (depth > MAX_DEPTH) return node
  for (const [name, child] of Object.entries(value)) {
    const all: readonly unknown[] = Array.isArray(child) ? child : [child]
    node.set(
      name,
      all.map((one) => toNode(one, depth + 1)),
    )
  }
  return node
}

/**
 * Reads a small XML text without entities, declarations or external anything. Null when it is too large, holds any
 * `<!` other than CDATA, or is not well-formed enough to read.
 */
export function readXml(xml: string): XmlNode | null {
  if (xml.length > MAX_XML || FORBIDDEN.test(xml)) return null
  try {
    const root = toNode(parser.parse(xml), 0)
    return typeof root === 'string' ? null : root
  } catch {
    return null
  }
}

function textOf(found: XmlNode | string | undefined): string | null {
  if (found === undefined) return null
  if (typeof found === 'string') return found
  const inner = found.get('#text')?.[0]
  return typeof inner === 'string' ? inner : ''
}

/** The text at a path of element names (the last may be `@attribute`), undecoded; null when it is not there. */
export function xmlText(root: XmlNode, ...path: readonly string[]): string | null {
  let node: XmlNode | string | undefined = root
  for (const name of path) {
    if (typeof node !== 'object') return null
    node = node.get(name)?.[0]
  }
  return textOf(node)
}

/** The first element at a path, null when it is not there or is only text. */
export function xmlNode(root: XmlNode, ...path: readonly string[]): XmlNode | null {
  let node: XmlNode | string | undefined = root
  for (const name of path) {
    if (typeof node !== 'object') return null
    node = node.get(name)?.[0]
  }
  return typeof node === 'object' ? node : null
}
