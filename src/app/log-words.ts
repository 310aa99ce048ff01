/**
 * What rooms without a narrator say in the log, in the owner's language. They say it in English, as constant texts; only
 * those above `debug` are for owners. Texts about a fault of ours keep their English, for whoever is asked about them.
 */
const CHINESE: Readonly<Record<string, string>> = {
  'control request failed': '一个控制命令没处理好 (control request failed)',
  'web request failed': '一个网页请求没处理好 (web request failed)',
  'qr output failed': '二维码没能写出来',
  'heartbeat address cannot be reached': '心跳地址访问不了',
  'heartbeat address answers again': '心跳地址又通了',
  'notice could not be delivered': '一条告警没能推送出去',
  'upkeep failed': '定期清理没做成，下次再做',
  'reload failed': '重新载入规则没做成 (reload failed)',
  'stopped by a failure': '程序因故障停止 (stopped by a failure)',
  'stopped by an error that nobody caught': '程序因没接住的错误停止 (stopped by an error that nobody caught)',
  'event set aside': '一条消息处理不了，已放到一边 (event set aside)',
  'watching the rules failed, polling goes on': '没法监视规则目录，改为定时查看',
  'the server did not confirm the logout': '微信没有确认退出登录；登录信息已在本机删除',
  'an unexpected failure': '程序内部出错 (an unexpected failure)',
  'a connection listener failed': '程序内部出错 (a connection listener failed)',
  'loading contacts failed': '读通讯录时程序内部出错 (loading contacts failed)',
  'push login refused': '不能在手机上直接确认登录，需要扫码',
  'push login failed': '没能请手机直接确认登录，需要扫码',
  'a message could not be read': '一条消息读不懂，已原样存下',
  'the ticket was used up, asking for another code': '登录凭证已用过，换一张二维码',
  'the saved session cannot be used': '存下的登录信息不能用，需要重新登录',
  'session file is not to be trusted and is set aside': '登录文件不可信，已移到一边，需要重新登录',
  'store was damaged and is set aside': '数据损坏，已移到一边',
  'disk is full, there is no room for the reserve': '磁盘满了，留不出备用空间',
  'disk is full, reserve released for cleaning': '磁盘满了，放出备用空间来清理',
  'store could not be closed cleanly': '数据没能正常关闭，下次启动会修复',
  'sends were cut off by the last stop': '上次停止时有回复正在发送，到没到不知道',
}

/** The text as the owner reads it; unchanged when it has no translation. */
export function logWords(language: 'zh-CN' | 'en'): (text: string) => string {
  return language === 'en' ? (text) => text : (text) => CHINESE[text] ?? text
}

/** Whether owners can read a text of the log in Chinese. */
export function isTranslated(text: string): boolean {
  return Object.hasOwn(CHINESE, text)
}
