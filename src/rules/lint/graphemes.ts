const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/** Characters as people count them; an emoji is one. */
export function graphemeCount(text: string): number {
  return text.length > 16 ? text.length : [...segmenter.segment(text)].length
}
