import type { ProblemEntry } from '../domain/problem.ts'

/** Every mistake that compiling actions can report, E25x-E27x errors and W25x warnings; docs are checked against it. */
export const ACTION_PROBLEMS = {
  E250: { code: 'E250', zh: '没有“{key}”这个动作', en: 'there is no action "{key}"' },
  E251: {
    code: 'E251',
    zh: '动作 {key} 的写法不对：{detail}',
    en: 'action {key} is not written correctly: {detail}',
  },
  E252: { code: 'E252', zh: '模板写错了：{detail}', en: 'the template is wrong: {detail}' },
  E253: { code: 'E253', zh: '没有“{name}”这个变量', en: 'there is no variable "{name}"' },
  E254: { code: 'E254', zh: '没有“{name}”这个过滤器', en: 'there is no filter "{name}"' },
  E255: { code: 'E255', zh: '没有名叫“{name}”的模板', en: 'there is no template "{name}"' },
  E256: { code: 'E256', zh: '没有 id 是“{id}”的规则', en: 'there is no rule with id "{id}"' },
  E257: { code: 'E257', zh: '没有名叫“{name}”的流程', en: 'there is no flow "{name}"' },
  E258: {
    code: 'E258',
    zh: '看不懂这个时长：“{text}”（要带单位，如 10m、2h、30d）',
    en: 'cannot read the duration "{text}" (a unit is needed: 10m, 2h, 30d)',
  },
  E259: {
    code: 'E259',
    zh: '看不懂 if：“{text}”，要写一个比较，如 {{积分}} > 100，不能用过滤器',
    en: 'cannot read if: "{text}": it takes one comparison such as {{points}} > 100, without filters',
  },
  E260: { code: 'E260', zh: '回复里不能放密钥（secret）', en: 'a secret cannot be part of a reply' },
  E261: { code: 'E261', zh: '不能给数字加“{text}”', en: 'cannot add "{text}" to a number' },
  W250: {
    code: 'W250',
    zh: '动作 {key} 这个版本还不会做，会跳过',
    en: 'action {key} is not carried out by this version and is left out',
  },
  W251: { code: 'W251', zh: '这条回复超过 2000 字', en: 'this reply is longer than 2,000 characters' },
} as const satisfies Record<string, ProblemEntry>

export type ActionProblemCode = keyof typeof ACTION_PROBLEMS
