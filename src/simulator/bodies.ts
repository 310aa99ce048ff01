import type { Body } from './drafts.ts'
import { contentOfName, contentOfText, contentOfXml, xmlText } from './text.ts'
import type { Person } from './world.ts'

/** How a red packet shows up on the web: as a notice, nothing else. */
export const RED_PACKET_TEXT = '收到红包，请在手机上查看'

/** Text whose content is already encoded. */
export function text(content: string): Body {
  return { msgType: 1, content: () => content }
}

export function redPacket(): Body {
  return { msgType: 10_000, content: () => RED_PACKET_TEXT }
}

export function image(): Body {
  const xml = '<msg><img length="6503" hdlength="0" /><commenturl></commenturl></msg>'
  return fixed(3, xml, { ImgStatus: 2, ImgHeight: 120, ImgWidth: 90 })
}

export function video(): Body {
  return fixed(43, '<msg><videomsg playlength="4" length="20480" /></msg>', { PlayLength: 4 })
}

export function voice(fromId: string, ms: number): Body {
  const xml =
    `<msg><voicemsg endflag="1" cancelflag="0" forwardflag="0" voiceformat="4" voicelength="${ms}" length="2026" ` +
    `bufid="216000000000000000" clientmsgid="sim" fromusername="${fromId}" /></msg>`
  return fixed(34, xml, { VoiceLength: ms })
}

export function emoticon(fromId: string): Body {
  const xml =
    `<msg><emoji fromusername = "${fromId}" tousername = "" type="2" md5="0123456789abcdef0123456789abcdef" ` +
    'len = "4096" cdnurl = "http://emoji.qpic.cn/sim/0" ></emoji><gameext type="0" content="0" ></gameext></msg>'
  return fixed(47, xml, {})
}

/** Arrives as text with SubMsgType 48 and a map link after the address. */
export function location(place: { label: string; x?: number; y?: number }): Body {
  const { label, x = 22.543, y = 114.057 } = place
  const link = '/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&amp;msgid=0&amp;pictype=location'
  return {
    msgType: 1,
    content: () => `${contentOfText(label)}:<br/>${link}`,
    more: () => ({
      Url: `http://apis.map.qq.com/uri/v1/geocoder?coord=${x.toFixed(6)},${y.toFixed(6)}`,
      SubMsgType: 48,
      OriContent:
        `<?xml version="1.0"?>\n<msg>\n\t<location x="${x.toFixed(6)}" y="${y.toFixed(6)}" scale="16" ` +
        `label="${xmlText(label)}" maptype="0" poiname="[位置]" />\n</msg>\n`,
    }),
  }
}

export function card(person: Person): Body {
  const xml =
    `<?xml version="1.0"?>\n<msg bigheadimgurl="" smallheadimgurl="" username="${person.id}" ` +
    `nickname="${xmlText(person.nickName)}" shortpy="" alias="${xmlText(person.alias)}" imagestatus="3" scene="17" ` +
    `province="${xmlText(person.province)}" city="${xmlText(person.city)}" sign="" sex="${person.sex}" ` +
    `certflag="${person.verifyFlag}" certinfo="" />\n`
  return {
    msgType: 42,
    content: () => contentOfXml(xml),
    more: (nameOf) => ({ RecommendInfo: recommendInfo(person, nameOf(person.id)) }),
  }
}

export function recall(msgId: string, session: string, shownName: string): Body {
  const xml =
    `<sysmsg type="revokemsg"><revokemsg><session>${session}</session>` +
    `<oldmsgid>${BigInt(msgId) % 2_000_000_000n}</oldmsgid><msgid>${msgId}</msgid>` +
    `<replacemsg><![CDATA["${shownName}" 撤回了一条消息]]></replacemsg></revokemsg></sysmsg>`
  return fixed(10_002, xml, {})
}

export function unknown(msgType: number, content: string, fields: Readonly<Record<string, unknown>>): Body {
  return { msgType, content: () => content, more: () => fields }
}

/** RecommendInfo for a card or a friend request. */
export function recommendInfo(person: Person, userName: string): Record<string, unknown> {
  return {
    UserName: userName,
    NickName: contentOfName(person.nickName),
    QQNum: 0,
    Province: person.province,
    City: person.city,
    Content: '',
    Signature: contentOfName(person.signature),
    Alias: person.alias,
    Scene: 17,
    VerifyFlag: person.verifyFlag,
    AttrStatus: person.attrStatus,
    Sex: person.sex,
    Ticket: '',
    OpCode: 0,
  }
}

function fixed(msgType: number, xml: string, more: Readonly<Record<string, unknown>>): Body {
  return { msgType, content: () => contentOfXml(xml), more: () => more }
}
