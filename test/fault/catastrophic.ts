/** A pattern that blocks engines which try again and again, and what makes it do so. */
export interface Catastrophe {
  readonly pattern: string
  readonly evil: string
}

const SIZE = 50_000
const long = (piece: string, end = '!') => piece.repeat(Math.floor(SIZE / piece.length)) + end
const all = (patterns: readonly string[], evil: string): Catastrophe[] =>
  patterns.map((pattern) => ({ pattern, evil }))

/** Sixty classic ones: nested and overlapping repeats, alternatives that overlap, the famous ones from incident reports. */
export const CATASTROPHES: readonly Catastrophe[] = [
  ...all(
    [
      '^(a+)+$',
      '^(a*)*$',
      '^(a|a)+$',
      '^(a|aa)+$',
      '^(a|a?)+$',
      '(a+)+b',
      '(a*)*b',
      '(a|a)*b',
      '(a|aa)+b',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      '^([a-zA-Z]+)*$',
      '^(a?){40}a{40}$',
      '(.*)*x',
      '(.+)+x',
      '(.*a){12}b',
      '(.*)(.*)(.*)(.*)x',
      'a*a*a*a*a*a*b',
      '(a+){2,}b',
      '((a+)+)+b',
      '(?:a+a+)+b',
      '^(aa|aaa)+$',
      '(\\w+)+@',
      '(\\w*)+@',
      '([a-z]+)+\\d',
      '^(\\w+\\s?)*$',
      '(a{1,30}){1,30}b',
    ],
    long('a'),
  ),
  ...all(
    [
      '^(\\d+)+$',
      '^(\\d+\\.?)+$',
      '(\\d+)*\\.(\\d+)*x',
      '^((\\d+)-?)+$',
      '^\\d*(\\d+)*[a-z]$',
      '\\d+\\d+\\d+x',
      '^([0-9]+)*元$',
    ],
    long('1'),
  ),
  ...all(
    ['\\s*,\\s*,x', '^\\s+|\\s+$', '(\\s+)+x', '^(\\s*\\S*)*x$', '(\\s|\\u00a0)+x', '\\s*\\s*\\s*;'],
    long(' '),
  ),
  ...all(
    [
      '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
      '^[a-zA-Z0-9._-]+@([a-zA-Z0-9.-]+)+\\.[a-z]+$',
      '^([\\w.-]+)+@x$',
      '^(([\\w-]+\\.)+[\\w-]+)+@x$',
    ],
    long('a.'),
  ),
  ...all(
    [
      '^(https?://)?([\\da-z.-]+)+\\.([a-z.]{2,6})([/\\w .-]*)*/?$',
      '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*)))',
      '.*.*=.*',
      '^(/[\\w-]+)+/?x$',
      '(x+x+)+y',
    ],
    long('x=/'),
  ),
  ...all(
    ['^(<[^>]*>)*$', '<(.|\\n)*?>x', '<!--(.*?)*-->', '(<\\w+[^>]*>)+x', '"(\\\\.|[^"])*"x', "'([^']*)*'"],
    long('<'),
  ),
  ...all(
    ['^(中+)+$', '(价|价格?)+贵', '^(.{0,20}价.{0,20})+$', '(\\p{Han}+)+x', '^([一-龥]+)*$', '(价格*)*元'],
    long('价'),
  ),
]
