/** One wrong answer, as a fault of the simulator. */
export interface Wrong {
  readonly name: string
  readonly kind: string
  /** Nothing in it can be read, so it has to be counted. */
  readonly isNoAnswer?: boolean
}

const raw = (name: string, body: string): Wrong => ({ name, kind: `raw:${body}` })
const OK = '"BaseResponse":{"Ret":0,"ErrMsg":""}'
const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000)

/** Wrong at every endpoint, whatever its format. */
export const EVERYWHERE: readonly Wrong[] = [
  { name: 'a page with status 200', kind: 'html200' },
  { name: 'an empty answer', kind: 'empty200' },
  { name: 'half an answer', kind: 'truncate:12' },
  { name: 'a length that is not true', kind: 'wrong_length' },
  { name: 'bytes that are not gzip', kind: 'bad_gzip' },
  { name: 'a body of 40 MB', kind: 'huge:40' },
  { name: '500', kind: 'status:500' },
  { name: '502', kind: 'status:502' },
  { name: '403', kind: 'status:403' },
  { name: '429 with Retry-After', kind: 'status:429/2' },
  { name: 'a reset', kind: 'reset_before_read' },
  { name: 'a reset after the work', kind: 'reset_after_accept' },
  { name: 'silence', kind: 'hang_before_headers' },
  { name: 'silence in the middle', kind: 'hang_mid_body' },
  { name: 'a redirect to another host', kind: 'redirect:https://evil.example/cgi-bin/mmwebwx-bin/steal' },
  raw('code in place of an answer', 'process.exit(3)'),
]

/** A few of them, where the whole list would only try the same reader again. */
export const A_FEW: readonly Wrong[] = EVERYWHERE.filter(({ kind }) =>
  /^(html200|empty200|status:5|status:429|reset_before|hang_mid)/.test(kind),
)

/** Slower than any deadline, but never silent. */
export const TRICKLE: Wrong = { name: 'one byte in a while', kind: 'trickle:1' }

const NO_JSON_OF_OURS: readonly Wrong[] = [
  raw('null', 'null'),
  raw('a list', '[]'),
  raw('an empty object', '{}'),
  raw('no Ret', '{"BaseResponse":{}}'),
  raw('Ret of a wrong type', '{"BaseResponse":{"Ret":{"a":1},"ErrMsg":[]}}'),
  raw('deep lists', `{${OK},"AddMsgList":${deep('[', ']')}}`),
  raw('deep objects', deep('{"a":', '}').replace(':}', ':1}')),
  raw(
    '__proto__',
    `{"__proto__":{"BaseResponse":{"Ret":0},"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
  ),
]

/** Wrong where JSON is expected. */
export const JSON_ONLY: readonly Wrong[] = NO_JSON_OF_OURS.map((wrong) => ({ ...wrong, isNoAnswer: true }))

/** webwxsync answers that look right at the first glance. */
export const SYNC: readonly Wrong[] = [
  raw('null lists', `{${OK},"AddMsgCount":1,"AddMsgList":null,"ModContactList":null,"SyncKey":null}`),
  raw('no SyncKey', `{${OK},"AddMsgCount":0,"AddMsgList":[]}`),
  raw(
    'a key of Count 0',
    `{${OK},"AddMsgList":[],"SyncKey":{"Count":0,"List":[]},"SyncCheckKey":{"Count":0,"List":[]}}`,
  ),
  raw('a key of wrong types', `{${OK},"AddMsgList":[],"SyncKey":{"Count":"4","List":[{"Key":{},"Val":[]}]}}`),
  raw('ContinueFlag for ever', `{${OK},"AddMsgList":[],"ContinueFlag":1,"SyncKey":{"Count":0,"List":[]}}`),
]

/** webwxinit answers without what a session needs. */
export const INIT: readonly Wrong[] = [
  raw('no user', `{${OK},"SyncKey":{"Count":1,"List":[{"Key":1,"Val":1}]},"ContactList":[]}`),
  raw('no key', `{${OK},"User":{"UserName":"@a","NickName":"x"},"ContactList":null}`),
  raw('a key of Count 0', `{${OK},"User":{"UserName":"@a"},"SyncKey":{"Count":0,"List":[]}}`),
  raw('a user of a wrong type', `{${OK},"User":[],"SyncKey":7}`),
]

/** Address books that are none. */
export const CONTACTS: readonly Wrong[] = [
  raw('null members', `{${OK},"MemberCount":3,"MemberList":null,"ContactList":null,"Seq":0}`),
  raw(
    'members of wrong types',
    `{${OK},"MemberList":[1,null,"x",{"UserName":5},{}],"ContactList":[1,null],"Seq":"x"}`,
  ),
  raw('pages without end', `{${OK},"MemberList":[],"Seq":9}`),
]

/** Polls that nobody specified. */
export const SYNCCHECK: readonly Wrong[] = [
  raw('another retcode', 'window.synccheck={retcode:"7777",selector:"0"}'),
  raw('no retcode', 'window.synccheck={selector:"2"}'),
  raw('words as numbers', 'window.synccheck={retcode:"zero",selector:"two"}'),
  raw('an endless selector', 'window.synccheck={retcode:"0",selector:"99"}'),
  raw('an instant nothing', 'window.synccheck={retcode:"0",selector:"0"}'),
]

/** Login polls that nobody specified, and those that ask for another code. */
export const LOGIN_POLL: readonly Wrong[] = [
  raw('code 500', 'window.code=500;'),
  raw('code 0', 'window.code=0;'),
  raw('code 202', 'window.code=202;'),
  raw('code 400', 'window.code=400;'),
  raw('an instant 408', 'window.code=408;'),
  raw('an instant 201', "window.code=201;window.userAvatar = 'data:img/jpg;base64,xx';"),
  raw('200 without an address', 'window.code=200;'),
  raw(
    '200 with a foreign host',
    'window.code=200;window.redirect_uri="https://evil.example/webwxnewloginpage?ticket=a&uuid=b";',
  ),
  raw('200 with no address at all', 'window.code=200;window.redirect_uri="javascript:alert(1)";'),
  raw('an unknown code', 'window.code=777;'),
]

/** Code requests that give no code. */
export const JSLOGIN: readonly Wrong[] = [
  raw('a refusal', 'window.QRLogin.code = 400; window.QRLogin.uuid = "";'),
  raw('no uuid', 'window.QRLogin.code = 200;'),
]

/** Ticket answers that are none. */
export const TICKET: readonly Wrong[] = [
  raw('an empty error element', '<error></error>'),
  raw(
    'a document type',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><error><ret>0</ret><skey>&b;</skey></error>',
  ),
  raw('no values', '<error><ret>0</ret><message>OK</message></error>'),
  raw(
    'a uin of letters',
    '<error><ret>0</ret><skey>a</skey><wxsid>b</wxsid><wxuin>NaN</wxuin><pass_ticket>c</pass_ticket></error>',
  ),
  raw(
    'a foreign redirecturl',
    '<error><ret>0</ret><redirecturl>https://evil.example/x</redirecturl></error>',
  ),
  raw('deep elements', deep('<a>', '</a>')),
]
