import type { Core } from './core.ts'
import type { Body } from './drafts.ts'
import type { Delivery } from './messages.ts'
import { contentOfXml, entities, xmlText } from './text.ts'
import { skey } from './tokens.ts'

/** An app message (49) of this inner type around an appmsg body. */
export function appBody(type: number, title: string, inner: string, url = ''): Body {
  const xml = `<msg>\n<appmsg appid="" sdkver="0">\n${inner}\n</appmsg>\n</msg>`
  return {
    msgType: 49,
    content: () => contentOfXml(xml),
    more: () => ({ FileName: entities(title), Url: entities(url), AppMsgType: type }),
  }
}

export function linkXml(link: { title: string; url: string; description?: string }): string {
  return [
    `<title>${xmlText(link.title)}</title>`,
    `<des>${xmlText(link.description ?? '')}</des>`,
    '<action>view</action>',
    '<type>5</type>',
    '<showtype>0</showtype>',
    '<content></content>',
    `<url>${xmlText(link.url)}</url>`,
    '<thumburl></thumburl>',
    '<sourcedisplayname></sourcedisplayname>',
  ].join('\n')
}

/** A money transfer waiting to be taken on the phone. */
export function transferXml(core: Core, transfer: { yuan: string; memo?: string }): string {
  const text = (name: string, value: string) => `<${name}><![CDATA[${value}]]></${name}>`
  return [
    text('title', '微信转账'),
    text('des', `收到转账${transfer.yuan}元。如需收钱，请点此升级至最新版本`),
    '<action></action>',
    '<type>2000</type>',
    text('content', ''),
    text('url', 'https://support.weixin.qq.com/'),
    '<wcpayinfo>',
    '<paysubtype>1</paysubtype>',
    text('feedesc', `￥${transfer.yuan}`),
    text('transcationid', `1000050${core.nextMsgId()}`),
    text('transferid', `10000${core.nextMsgId()}`),
    text('invalidtime', String(core.nowSeconds + 86_400)),
    text('begintransfertime', String(core.nowSeconds)),
    text('effectivedate', '1'),
    text('pay_memo', transfer.memo ?? ''),
    '</wcpayinfo>',
  ].join('\n')
}

/** A reply in the form of other protocols: 49 with inner type 57. */
export function quoteXml(core: Core, quote: Extract<Delivery, { kind: 'quote' }>): string {
  const chat = core.world.resolve(quote.in ?? quote.from)
  return [
    `<title>${xmlText(quote.text)}</title>`,
    '<des></des>',
    '<action>view</action>',
    '<type>57</type>',
    '<refermsg>',
    '<type>1</type>',
    `<svrid>${quote.quoted.msgId ?? '0'}</svrid>`,
    `<fromusr>${chat}</fromusr>`,
    `<chatusr>${core.world.self.id}</chatusr>`,
    `<displayname>${xmlText(quote.quoted.name)}</displayname>`,
    `<content>${xmlText(quote.quoted.text)}</content>`,
    '<msgsource></msgsource>',
    '</refermsg>',
  ].join('\n')
}

/** A file: its bytes wait under a MediaId for webwxgetmedia. */
export function fileBody(core: Core, name: string, bytes: Uint8Array): Body {
  const mediaId = skey(core.settings.random)
  core.media.set(mediaId, bytes)
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : ''
  const inner = [
    `<title>${xmlText(name)}</title>`,
    '<des></des>',
    '<action></action>',
    '<type>6</type>',
    `<appattach><totallen>${bytes.length}</totallen><attachid>@cdn_sim</attachid><fileext>${xmlText(extension)}</fileext></appattach>`,
  ].join('\n')
  const body = appBody(6, name, inner)
  return {
    ...body,
    more: (nameOf) => ({
      ...body.more?.(nameOf),
      FileSize: String(bytes.length),
      MediaId: mediaId,
      EncryFileName: encodeURIComponent(name).replaceAll('.', '%2E'),
    }),
  }
}
