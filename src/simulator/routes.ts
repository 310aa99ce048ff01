import { refuseEmpty, withBody, withCookies } from './checks.ts'
import { batchGetContact, getContact, refuseBatch, refuseGetContact } from './endpoints/contacts.ts'
import { opLog, verifyUser } from './endpoints/friends.ts'
import * as login from './endpoints/login.ts'
import * as media from './endpoints/media.ts'
import { refusePlain, refuseSend, revoke, sendMedia, sendText } from './endpoints/send.ts'
import * as session from './endpoints/session.ts'
import { refuseSync, refuseSyncCheck, sync, syncCheck } from './endpoints/sync.ts'
import { checkUploadCall, refuseUpload, uploadMedia } from './endpoints/upload.ts'
import { baseResponse, type Handler, json, type Refusal, type SessionHandler } from './exchange.ts'

/** One call of the protocol: who answers it and how it says no. */
export interface Route {
  readonly run: Handler
  readonly refuse: Refusal
}

const API = '/cgi-bin/mmwebwx-bin/'

/** Calls that only say yes: statistics, feedback. */
const nod: SessionHandler = () => json(baseResponse(0))

/** Creating rooms and changing their members has been closed to web sessions since 2018. */
const closed: SessionHandler = () => refusePlain(1)

const download = (place: 'api' | 'file', run: SessionHandler): Route => ({
  run: withCookies(place, refuseEmpty, run),
  refuse: refuseEmpty,
})

/** The calls under the API path, by their last word. */
const CALLS: Readonly<Record<string, Route>> = {
  login: { run: login.loginPoll, refuse: login.refuseLogin },
  webwxnewloginpage: { run: login.newLoginPage, refuse: login.refuseTicket },
  webwxpushloginurl: { run: login.pushLogin, refuse: login.refusePush },
  webwxinit: { run: withBody(session.refuseInit, session.init), refuse: session.refuseInit },
  webwxstatusnotify: {
    run: withBody(session.refuseNotify, session.statusNotifyCall),
    refuse: session.refuseNotify,
  },
  webwxlogout: { run: session.logout, refuse: refuseEmpty },
  webwxgetcontact: { run: withCookies('api', refuseGetContact, getContact), refuse: refuseGetContact },
  webwxbatchgetcontact: { run: withBody(refuseBatch, batchGetContact), refuse: refuseBatch },
  synccheck: { run: syncCheck, refuse: refuseSyncCheck },
  webwxsync: { run: withBody(refuseSync, sync), refuse: refuseSync },
  webwxsendmsg: { run: withBody(refuseSend, sendText), refuse: refuseSend },
  webwxsendmsgimg: { run: withBody(refuseSend, sendMedia), refuse: refuseSend },
  webwxsendvideomsg: { run: withBody(refuseSend, sendMedia), refuse: refuseSend },
  webwxsendemoticon: { run: withBody(refuseSend, sendMedia), refuse: refuseSend },
  webwxsendappmsg: { run: withBody(refuseSend, sendMedia), refuse: refuseSend },
  webwxrevokemsg: { run: withBody(refusePlain, revoke), refuse: refusePlain },
  webwxverifyuser: { run: withBody(refusePlain, verifyUser), refuse: refusePlain },
  webwxoplog: { run: withBody(refusePlain, opLog), refuse: refusePlain },
  webwxcreatechatroom: { run: withBody(refusePlain, closed), refuse: refusePlain },
  webwxupdatechatroom: { run: withBody(refusePlain, closed), refuse: refusePlain },
  webwxstatreport: { run: withCookies('api', refusePlain, nod), refuse: refusePlain },
  webwxsendfeedback: { run: withCookies('api', refusePlain, nod), refuse: refusePlain },
  webwxcheckupload: { run: withBody(refuseUpload, checkUploadCall), refuse: refuseUpload },
  webwxuploadmedia: { run: withCookies('file', refuseUpload, uploadMedia), refuse: refuseUpload },
  webwxgetmsgimg: download('api', media.messageImage),
  webwxgetvoice: download('api', media.messageVoice),
  webwxgetvideo: download('api', media.messageVideo),
  webwxgetmedia: download('file', media.file),
  webwxgeticon: download('api', media.avatar),
  webwxgetheadimg: download('api', media.avatar),
}

const NO_SUCH_PAGE: Route = {
  run: () => ({ status: 404, type: 'text/html', body: '<html><body>404 Not Found</body></html>' }),
  refuse: refuseEmpty,
}

/** Name and route of a path. Paths nobody serves are called by their own text and answer 404. */
export function routeOf(path: string): { readonly endpoint: string; readonly route: Route } {
  if (path === '/') return { endpoint: 'front', route: { run: session.frontPage, refuse: refuseEmpty } }
  if (path === '/jslogin') {
    return { endpoint: 'jslogin', route: { run: login.jslogin, refuse: login.refuseJslogin } }
  }
  if (path.startsWith('/qrcode/')) {
    return { endpoint: 'qrcode', route: { run: media.qrPicture, refuse: refuseEmpty } }
  }
  const name = path.startsWith(API) ? path.slice(API.length) : path
  return { endpoint: name, route: Object.hasOwn(CALLS, name) ? (CALLS[name] ?? NO_SUCH_PAGE) : NO_SUCH_PAGE }
}
