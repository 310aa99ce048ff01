import type { Phrase } from './phrases.ts'

const NO_DNS: Phrase = {
  zh: '找不到微信服务器的地址，请检查网络和 DNS',
  en: 'the name of the server cannot be resolved; check network and DNS',
}
const NO_ROUTE: Phrase = { zh: '网络不通', en: 'there is no way to the server' }
const CUT: Phrase = { zh: '连接断了', en: 'the connection was cut' }
const SILENT: Phrase = { zh: '等不到回应', en: 'no answer came in time' }
const NO_TLS: Phrase = {
  zh: '对方的证书不可信：可能被代理或登录页拦截，或电脑时间不对',
  en: 'its certificate is not to be trusted: a proxy or a login page in between, or a wrong clock',
}

const KNOWN: Readonly<Record<string, Phrase>> = {
  enotfound: NO_DNS,
  eai_again: NO_DNS,
  enetunreach: NO_ROUTE,
  ehostunreach: NO_ROUTE,
  enetdown: NO_ROUTE,
  econnrefused: { zh: '对方拒绝连接', en: 'the connection is refused' },
  econnreset: CUT,
  econnaborted: CUT,
  epipe: CUT,
  timeout: SILENT,
  etimedout: SILENT,
  'tls-too-old': {
    zh: '对方只会旧的加密协议，不安全，没有连接',
    en: 'it speaks only old TLS, which is not safe; nothing was sent',
  },
  decode: { zh: '回来的不是微信的数据，可能被登录页拦截', en: 'the answer is not what WeChat sends' },
  'too-large': { zh: '回来的数据太大', en: 'the answer is too large' },
  'host-not-allowed': {
    zh: '微信把我们转到不认识的地址，没有照做',
    en: 'we were sent to a host that is not known and did not go',
  },
}

/** What a code of a failed request means to the owner; the code itself stays behind it for whoever helps. */
export function problemPhrase(code: string): Phrase {
  const known = KNOWN[code] ?? (isTls(code) ? NO_TLS : undefined)
  if (known !== undefined) return { zh: `${known.zh}，${code}`, en: `${known.en}, ${code}` }
  const status = /^http-(\d{3})$/.exec(code)?.[1]
  if (status !== undefined) return { zh: `微信服务器出错 ${status}`, en: `the server fails, ${status}` }
  return { zh: code, en: code }
}

/** Codes of OpenSSL and Node about certificates and the handshake. */
function isTls(code: string): boolean {
  return /cert|tls|ssl|eproto|unable_to_(?:get|verify)/.test(code)
}
