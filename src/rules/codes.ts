import type { Severity } from '../domain/diagnostic.ts'

interface CodeInfo {
  readonly severity: Severity
  readonly zh: string
  readonly en: string
}

const error = (zh: string, en: string): CodeInfo => ({ severity: 'error', zh, en })
const warning = (zh: string, en: string): CodeInfo => ({ severity: 'warning', zh, en })

/** Every code the rules room can report. A code never changes its meaning; `docs/errors.md` explains each (a test compares). */
export const CODES = {
  E100: error('YAML 写法有误', 'YAML syntax error'),
  E101: error('缩进里有制表符或全角空格', 'tab or full-width space in the indentation'),
  E102: error('冒号是全角的', 'full-width colon after a key'),
  E103: error('文字里有“: ”', 'the text contains ": "'),
  E104: error('冒号或短横后面少了空格', 'a space is missing after the colon or dash'),
  E105: error('文字里的符号在 YAML 里有特殊意思', 'the text contains a sign that YAML reads specially'),
  E106: error('模板 {{…}} 没有加引号', 'a template {{...}} is not quoted'),
  E107: error('括号没有闭合', 'unclosed bracket'),
  E108: error('双引号里的反斜杠写法不对', 'bad escape inside double quotes'),
  E109: error('同一个键写了两次', 'duplicate key'),
  E110: error('锚点或别名有误', 'bad anchor or alias'),
  E111: error('不支持 YAML 标签', 'YAML tags are not supported'),
  E112: error('嵌套太深', 'nested too deeply'),
  E113: error('文件太大', 'file too large'),
  E114: error('引号没有闭合', 'unclosed quote'),
  E115: error('文件里有不是文字的字节', 'the file contains bytes that are not text'),
  E116: error('不支持 << 合并', 'merge keys are not supported'),
  E117: error('一个文件里有多份 YAML 文档', 'several YAML documents in one file'),
  E118: error('缩进没有对齐', 'inconsistent indentation'),
  E401: error('不认识的字段', 'unknown key'),
  E402: error('类型不对', 'wrong type'),
  E403: error('缺少必填的内容', 'something required is missing'),
  E404: error('不是允许的值', 'not one of the allowed values'),
  E405: error('时长写法有误', 'not a duration'),
  E406: error('日期或时间写法有误', 'not a date or time'),
  E407: error('内容是空的', 'empty value'),
  E408: error('同一个键中英文各写了一次', 'one key in both English and Chinese'),
  E409: error('数值超出范围', 'number or length out of range'),
  E410: error('几个字段不能同时写', 'keys that exclude each other'),
  E411: error('网页版微信做不到', 'the web protocol cannot do this'),
  E412: error('写法有误', 'invalid value'),
  E501: error('重复定义', 'defined twice'),
  E502: error('引用的名字不存在', 'unknown name'),
  E503: error('文件互相包含', 'include cycle'),
  E504: error('路径超出了规则文件夹', 'path leaves the rules folder'),
  E505: error('找不到文件', 'file not found'),
  E506: error('表格里有坏行', 'bad row in a table'),
  E507: error('找不到规则文件夹', 'no rules folder'),
  E508: error('读不了文件', 'file cannot be read'),
  E509: error('文件变空或不见了', 'file emptied or gone'),
  E510: error('规则没能建成', 'rules could not be built'),
  W101: warning('文件不是 UTF-8', 'file is not UTF-8'),
  W201: warning('规则没有名称', 'rule without a name'),
  W202: warning('引号外的 # 截断了文字', 'text cut at #'),
  W203: warning('列表里的逗号是全角的', 'full-width comma inside a list item'),
  W204: warning('关键词太短', 'very short keyword'),
  W205: warning('同一个关键词在两条规则里', 'one keyword in two rules'),
  W206: warning('规则被前面的规则挡住', 'shadowed rule'),
  W207: warning('兜底规则轮不到', 'unreachable fallback'),
  W208: warning('定义了但没有用到', 'defined but not used'),
  W230: warning('群规则没有 @ 条件也没有冷却', 'group rule without mention or cooldown'),
  W231: warning('continue 的规则和后面的规则都会回复', 'continue with a reply in both rules'),
  W232: warning('规则已过期', 'expired rule'),
  W233: warning('全角标点用在了语法位置', 'full-width punctuation in a syntax position'),
  W234: warning('文字里像是有密钥', 'text looks like a secret'),
  W235: warning('用昵称认店主或管理员', 'owner or admin recognised by a name they choose'),
  W236: warning('条件互相矛盾，永远不会命中', 'conditions that can never hold together'),
  W237: warning('群规则没写是哪个群', 'group rule that names no room'),
  W238: warning('和内置的名字相同', 'a name of the program’s own'),
} as const satisfies Record<string, CodeInfo>

export type Code = keyof typeof CODES
