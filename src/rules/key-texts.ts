/** What a key means: Chinese first, then English, as editors show it and docs/rules-reference.md prints it. */
export type KeyTexts = Readonly<Record<string, string>>

/** Keys of a rule file. */
export const FILE_TEXTS: KeyTexts = {
  version: '规则格式的版本，只能是 1，可以不写。Version of the format: 1, optional.',
  quick:
    '问答表：`价格 | 多少钱: 8 元`，竖线是“或”；`{from: 列表名}` 直接用表格。Table of questions and answers; "|" means "or".',
  rules: '规则的列表。List of rules.',
  flows: '多步对话，按名字写。Conversations of several steps, by name.',
  schedules: '定时任务的列表。List of timed jobs.',
  lists:
    '名单和词表：`[王姐, 客户-*]`、`{file: lists/x.txt}`、`{file: lists/x.csv}`，用 `list:名字` 引用。Lists of names or words.',
  vars: '变量，回复里写 `{{名字}}`。Values for templates.',
  templates: '有名字的长回复，用 `reply: {template: 名字}`。Named templates.',
  times: '有名字的时间段，用 `time: 名字`。Named time windows.',
  conditions: '有名字的条件，用 `is: 名字`。Named conditions.',
  defaults:
    '这个文件里每条规则（还有 quick 和流程的 start）的默认值；`when` 逐项合并，规则自己写的优先。Defaults of this file.',
  include: '包含别的文件：`[_部分.yml, ../shared/*.yml]`。Other files to read.',
  tests: '测试：假装客人说一句话，看答得对不对。Tests of the rules.',
}

/** Keys of a rule. */
export const RULE_TEXTS: KeyTexts = {
  name: '名称，显示在日志和测试里。Shown in logs and tests.',
  id: '固定编号，改名时冷却和计数不丢。Stable key that survives renaming.',
  when: '条件；文字或列表等于 `text`；`any` 是总是。Conditions; text or a list means `text`.',
  reply: '回复；列表是按顺序发几条。The reply: text, or several in order.',
  do: '动作的列表，和 reply 二选一。List of actions, instead of reply.',
  priority: '优先级，大的在前，一样大按文件和行。Higher first, then file and line.',
  continue: '回复后继续看后面的规则。Keep looking at lower rules.',
  guard: '最先判断，用来拦截。Evaluated before everything else.',
  fallback: '别的都没命中才用，默认同一个聊天 1 小时一次。Only when nothing else matched.',
  cooldown:
    '冷却：`10m`（每个聊天），或 `{per: chat|contact|rule|global, for: 6h, then: silent|next|reply, reply: 文字}`。Silence after it acted.',
  limit: '次数限制：`{per: chat, max: 3, in: 1h}`，可写几条。Caps per window.',
  chance: '概率：`0.3` 或 `30%`。Probability.',
  enabled: '是否启用。Whether it is used.',
  disabled: '停用；停用的规则照样检查。Not used, but still checked.',
  from_date: '从哪天起有效：`2027-01-31`。First day.',
  until: '到哪天为止，含当天。Last day, included.',
  mode: '同一个聊天里上一次还没做完时：`single` 不再开始，`queue` 排队，`restart` 重来。When it is still running in the chat.',
  late: '机器人离线期间的消息：`skip` 不回，`answer` 回，`30m` 半小时内的才回。Messages that came while the bot was down.',
  observe: '只记录会回什么，不发送。Decide and count, send nothing.',
  interrupts_flow: '流程进行中也能回答。May answer while a flow is active.',
  ignore_quiet: '安静时段也回。Answers in quiet hours too.',
  once: '发送结果不明时不重发。Never sent twice, even when unsure.',
  note: '备注，随意写。Free text.',
  tags: '标签，随意写。Free words.',
  on_error: '接口出错时的文字或动作。Text or actions when a call fails.',
}

/** Keys that join conditions. */
export const JOIN_TEXTS: KeyTexts = {
  all: '里面的条件都要满足。All of these hold.',
  any: '里面的条件满足一个就行。One of these holds.',
  not: '里面的条件都不满足。None of these holds.',
  raw: '按原文比较，不统一大小写、全半角、繁简。Compare without folding.',
}

/** Keys of a cooldown or limit in the long form. */
export const CAP_TEXTS: KeyTexts = {
  per: '按什么算：chat 每个聊天、contact 每个人、rule 这条规则、global 全部。Counted per what.',
  for: '多久：`10m`、`6h`。How long.',
  max: '最多几次。How many at most.',
  in: '多长时间内：`1h`、`1d`。Within what time.',
  // biome-ignore lint/suspicious/noThenProperty: `then` is the operator's word; nothing awaits a text.
  then: '还在限制中时：silent 不回，next 看后面的规则，reply 回另一句。What to do when refused.',
  reply: '限制中回的那一句。What is said when refused.',
}

/** Keys of a branch of `choose`. */
export const BRANCH_TEXTS: KeyTexts = {
  if: '一个比较，如 `"{{积分}} > 100"`。One comparison.',
  when: '条件，写法同规则的 when；正则取到的值在这个分支里能用。Conditions as in a rule; what a regex takes out is there in this branch.',
  do: '这个分支的动作。Actions of this branch.',
  reply: '这个分支的回复。Reply of this branch.',
  else: '前面的分支都不成立时的动作。Actions when no branch holds.',
}

/** Keys of a flow. */
export const FLOW_TEXTS: KeyTexts = {
  start: '什么时候开始，写法同 when；不写就只能由 start_flow 开始。When it begins.',
  timeout: '多久没回答就结束，默认 10m。Ends after this silence.',
  cancel: '客人说这些词就退出。Words that leave the flow.',
  on_cancel: '退出时说什么、做什么。Said or done on leaving.',
  on_timeout: '超时后说什么、做什么。Said or done after the silence.',
  max_steps: '最多走几步，默认 30。Bound on steps.',
  steps: '步骤的列表。List of steps.',
  done: '全部答完后说什么、做什么。Said or done at the end.',
}

/** Keys of a step of a flow. */
export const STEP_TEXTS: KeyTexts = {
  id: '步骤的名字；答案存成这个名字的变量。Name of the step and of its value.',
  ask: '问什么。The question.',
  choices:
    '可选的回答：`{1: 牛肉面, 对: go, 不对: {goto: 菜}}`，或一组文字。Answers: key and value, `go`, or a step to go to.',
  accept: '接受什么：`any`、`{number: 1-20}`（“2”“2份”都行）、`{regex: …}`。What is accepted.',
  retry: '答错时说什么；不写就重问一遍。Said after a wrong answer.',
  retries: '可以答错几次。Wrong answers forgiven.',
  on_give_up: '答错太多时说什么、做什么。Said or done when giving up.',
}

/** Keys of a schedule. */
export const SCHEDULE_TEXTS: KeyTexts = {
  name: '名称。Name.',
  at: '什么时候：`每个工作日 09:00`、`每周一 10:00`。When, as a phrase.',
  cron: '按 cron 写法：`"0 18 28-31 * *"`，和 at 二选一。When, as a cron line.',
  tz: '时区，默认用设置里的。IANA time zone.',
  to: '发给谁：`owner`、名字、`{room: 群名}`，可写一组。Whom to write to.',
  jitter: '随机提前或推后，免得像机器人：`5m`。Random shift.',
  when: '到点时还要满足的条件。Conditions at that moment.',
  do: '动作的列表。List of actions.',
  reply: '要发的文字。Text to send.',
  if_missed: '错过时：skip 算了，run_once 补一次。What to do about a missed one.',
  enabled: '是否启用。Whether it is used.',
  disabled: '停用。Not used.',
}

/** Keys of a test. */
export const TEST_TEXTS: KeyTexts = {
  name: '名称；不写就用客人说的话。Name of the test.',
  at: '什么时候：`2027-01-01 23:30`。Local date and time.',
  room: '在哪个群里；不写是私聊。In which room; private without it.',
  from: '谁说的（备注名）。Who says it.',
  mention: '群里 @ 了谁：me、all、none。Who is mentioned.',
  kind: '发的是什么：text、image、friend_request、join、recall……。What is sent or happens.',
  say: '客人说什么；加好友时是验证消息，入群时是新人的名字。What is said.',
  expect: '应该怎么回。What is expected.',
  wait: '先过多久：`11m`。Time that passes first.',
  talk: '几句话的对话。Several turns.',
  table: '一行一例：`多少钱: 8 元`。One case per line.',
  http: '接口的替身：`{"https://…": {json: {…}}}`。Stand-ins for HTTP calls.',
}

/** Keys of `expect`. */
export const EXPECT_TEXTS: KeyTexts = {
  text: '回复里包含这段文字。The reply contains this.',
  exact: '回复正好是这段文字。The reply is exactly this.',
  regex: '回复符合这个正则。The reply matches this expression.',
  rule: '由这条规则回答（名称或 id）。This rule acts.',
  actions: '做了这些动作，按顺序。These actions, in order.',
  nothing: '不回。Silence.',
  limited: '因为冷却或次数限制不回。Silence because of a cooldown or limit.',
}
