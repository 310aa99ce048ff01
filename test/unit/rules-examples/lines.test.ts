import { describe, expect, test } from '@jest/globals'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { instantOf } from '../../../src/rules/testing/scene.ts'
import { Session } from '../../../src/rules/testing/session.ts'
import { loadPack, type Pack } from '../../support/mutate-pack.ts'

/** What people say, and the rule that answers; `-` for nobody, `!reason` where it is silent on purpose. */
type Line = readonly [says: string, answers: string]

interface Scene {
  readonly where: string
  readonly at?: string
  readonly room?: string
  readonly from?: string
  readonly mention?: 'me' | 'all'
  readonly lines: readonly Line[]
}

/** Each line is said to a bot that has heard nothing before. */
function answer(pack: Pack, scene: Scene, says: string): string {
  const { subject } = pack
  const startAt = instantOf(scene.at ?? null, subject.ruleset.timezone)
  const session = new Session(subject, { policy: DEFAULT_POLICY, startAt })
  const { decision } = session.say(
    {
      room: scene.room ?? null,
      from: scene.from ?? null,
      mention: scene.mention ?? 'none',
      kind: 'text',
      place: { file: 'lines', line: 1, column: 1 },
    },
    says,
  )
  if (decision.kind === 'no-match') return '-'
  if (decision.kind === 'suppressed') return `!${decision.reason}`
  return decision.acts.map(({ rule }) => subject.book.rules.get(rule)?.name ?? rule).join('+')
}

const SHOP: readonly Scene[] = [
  {
    where: 'by day',
    at: '2026-10-12 15:00',
    lines: [
      ['亲，那个面霜还有没有，多少钱一瓶', '面霜 | 滋润霜'],
      ['小棕瓶 50 的啥价', '精华 | 小棕瓶'],
      ['宝宝喝２段，一箱怎么卖', '奶粉 | 1段 | 2段 | 3段'],
      ['麻烦问下你家都有啥，發個價目表看看', '问价'],
      ['多少錢', '问价'],
      ['你家东西保真吗，怕买到假的', '正品'],
      ['能不能便宜点嘛老板娘', '优惠'],
      ['最近打折吗', '优惠'],
      ['发到新疆邮费怎么算', '偏远邮费'],
      ['邮费多少呀', '邮费'],
      ['广东包邮不', '邮费'],
      ['我周一拍的发货了没？？', '催发货'],
      ['单号发我一下', '催发货'],
      ['怎么还没到啊急死了', '催发货'],
      ['昨天收到的面膜漏液了，一包都湿了', '售后'],
      ['口红颜色发错了吧', '售后'],
      ['用了两天脸有点过敏怎么办', '售后'],
      ['可以退款吗', '售后'],
      ['支付宝可以吗没零钱了', '付款'],
      ['好的我要买两瓶', '流程 下单'],
      ['帮我留一个粉色保温杯', '流程 下单'],
      ['老板在吗', '打招呼'],
      ['人工', '@handover'],
      ['退订', '@stop'],
      ['收到', '!guard'],
      // Nothing of the shop's business.
      ['在吗在吗出来打牌', '-'],
      ['你好你好，我是隔壁王姐', '-'],
      ['我把钱转你支付一下宝贝的学费', '-'],
      ['孩子感冒了吃什么药好', '-'],
      ['明天几点聚餐', '-'],
      ['到哪儿吃饭', '-'],
      ['我刚到家', '-'],
    ],
  },
  {
    where: 'at night',
    at: '2026-10-12 23:40',
    lines: [
      ['睡了吗想咨询一下', '打烊'],
      ['洗面奶多少钱', '洗面奶 | 洁面'],
      ['谢谢老板', '!guard'],
    ],
  },
  {
    where: 'in a group',
    room: '宝妈群',
    mention: 'me',
    lines: [
      ['面霜多少钱', '-'],
      ['下单', '-'],
    ],
  },
  { where: 'from a rival', from: '同行-阿强', lines: [['面霜多少钱', '!guard']] },
]

const AWAY: readonly Scene[] = [
  {
    where: 'at work',
    at: '2026-10-12 15:00',
    lines: [
      ['方案我看了，有几处要改', '-'],
      ['服务器挂了快看看', '-'],
      ['紧急！', '-'],
      ['发票开了吗', '要发票'],
      ['把你的作品集发来看看', '要作品'],
      ['做一个官网大概怎么收费', '流程 项目登记'],
      ['十一月有档期吗', '流程 项目登记'],
      ['想做个小程序点餐的', '流程 项目登记'],
      ['进度怎么样', '-'],
      ['有消息吗', '-'],
    ],
  },
  {
    where: 'in the evening',
    at: '2026-10-12 20:00',
    from: '小陈',
    lines: [
      ['睡了没', '不在'],
      ['明天的会改到十点', '不在'],
      ['后台打不开了', '急事'],
      ['客户催得紧，加急一下', '急事'],
      ['有个急事找你', '急事'],
      ['不急，明天看就行', '不在'],
      ['好的', '!guard'],
      ['辛苦了～', '!guard'],
      ['合作的事聊聊？', '流程 项目登记'],
      ['转人工', '@handover'],
    ],
  },
  {
    where: 'a great client in the evening',
    at: '2026-10-12 20:00',
    from: '王总',
    lines: [
      ['网站挂了', '大客户急事'],
      ['明天下午有空吗', '不在'],
      ['谢谢', '!guard'],
    ],
  },
  {
    where: 'somebody who calls himself so',
    at: '2026-10-12 20:00',
    from: '王总助理',
    lines: [['网站挂了', '急事']],
  },
  { where: 'family', at: '2026-10-12 20:00', from: '妈妈', lines: [['家里网打不开了', '!guard']] },
  {
    where: 'at lunch',
    at: '2026-10-12 12:30',
    lines: [
      ['吃了吗', '午休'],
      ['出问题了快看', '急事'],
    ],
  },
  {
    where: 'on a holiday',
    at: '2026-10-02 15:00',
    lines: [
      ['在不在', '放假'],
      ['国庆快乐呀', '放假'],
      ['网站出问题了', '急事'],
    ],
  },
  { where: 'on a Saturday that is worked', at: '2026-10-10 15:00', lines: [['在不在', '-']] },
  {
    where: 'deep at night',
    at: '2026-10-13 02:30',
    lines: [
      ['在不在', '-'],
      ['出问题了', '急事'],
    ],
  },
  { where: 'in a group', at: '2026-10-12 20:00', room: '设计师群', mention: 'me', lines: [['接单吗', '-']] },
]

const CLUB: readonly Scene[] = [
  {
    where: 'mentioned',
    room: '周末爬山群',
    from: '阿May',
    mention: 'me',
    lines: [
      ['这周几点出发呀', '集合 | 几点出发 | 在哪见'],
      ['集合地点发一下', '集合 | 几点出发 | 在哪见'],
      ['一共多少钱', '费用 | 多少钱 | AA'],
      ['是aa吗', '费用 | 多少钱 | AA'],
      ['第一次去，要带什么', '带什么 | 装备 | 穿什么'],
      ['登山杖算裝備嗎', '带什么 | 装备 | 穿什么'],
      ['周六下雨怎么办', '下雨 | 天气'],
      ['我是新手跟得上吗', '难度 | 累不累 | 新手'],
      ['七岁小孩能去不', '小孩 | 孩子 | 带狗'],
      ['上次的照片呢', '照片 | 相册'],
      ['轨迹文件有没有', '路线 | 轨迹'],
      ['群主人呢', '群主 | 负责人'],
      ['报名', '报名'],
      ['我和我老公两个报名！', '报名'],
      ['接龙+1', '报名'],
      ['怎么报名呀', '怎么报名'],
      ['晚上吃啥', '没听懂'],
      ['取消报名', '没听懂'],
      ['能加微信吗', '没听懂'],
    ],
  },
  {
    where: 'talking among themselves',
    room: '周末爬山群',
    lines: [
      ['周六下雨吗', '-'],
      ['报名了吗你', '-'],
      ['费用转给我就行', '-'],
      ['群主真辛苦', '-'],
      ['我在公司做兼职', '-'],
      ['昨天刷完单反的照片', '-'],
      ['日赚三百刷单加我', '疑似广告'],
      ['扫码免费领鸡蛋', '疑似广告'],
    ],
  },
  { where: 'everybody mentioned', room: '周末爬山群', mention: 'all', lines: [['明天几点出发', '-']] },
  {
    where: 'another group',
    room: '公司大群',
    mention: 'me',
    lines: [
      ['费用报销找谁', '-'],
      ['报名', '-'],
    ],
  },
  {
    where: 'late',
    at: '2026-10-12 23:30',
    room: '爬山群-三群',
    mention: 'me',
    lines: [['费用多少', '深夜']],
  },
  {
    where: 'in private',
    lines: [
      ['报名', '-'],
      ['费用', '-'],
    ],
  },
]

const LANDLORD: readonly Scene[] = [
  {
    where: 'a tenant by day',
    at: '2026-10-12 15:00',
    from: '租客-3-502',
    lines: [
      ['房东，空调坏了', '流程 报修'],
      ['厕所堵了，水都漫出来了', '流程 报修'],
      ['热水器打不着火', '流程 报修'],
      ['房租几号交来着', '怎么交租'],
      ['房租怎么转给你', '怎么交租'],
      ['这个月房租刚转了，你看下', '说交过了'],
      ['下个月能不能晚5天交', '晚交房租'],
      ['宽限 10 天行不行', '晚交房租'],
      ['电表１２０度', '算电费'],
      ['上个月用了 7 吨水', '算水费'],
      ['电费多少钱一度', '水电单价'],
      ['想提前退租，怎么弄', '退租和押金'],
      ['押金什么时候能退给我', '退租和押金'],
      ['合同年底到期，想续签一年', '续租'],
      ['朋友想来住，能转租给他吗', '转租'],
      ['我想养只猫可以不', '养宠物'],
      ['厨房一股煤气味！', '险情'],
      ['插座冒烟了', '险情'],
      ['好的', '!guard'],
      // Look-alikes.
      ['今天外面38度热死了', '-'],
      ['我养的花开了', '-'],
      ['晚上回来跟你说', '-'],
      ['门口有三方来的快递', '-'],
      ['押了一本书在你那', '-'],
      ['修好了吗', '-'],
      ['合同复印件在抽屉里', '-'],
    ],
  },
  { where: 'a tenant at night', at: '2026-10-12 22:30', from: '租客-3-502', lines: [['房东在吗', '太晚了']] },
  {
    where: 'a stranger to the house',
    at: '2026-10-12 15:00',
    from: '小美',
    lines: [
      ['你好，房子还在租吗', '看房'],
      ['周末想来看房', '看房'],
      ['要中介费不', '中介'],
      ['押金怎么退', '-'],
      ['你家水管坏了吗', '-'],
      ['房租多少', '-'],
    ],
  },
  { where: 'in a group', room: '租客群', from: '租客-3-502', mention: 'me', lines: [['几号交租', '-']] },
]

describe.each([
  ['shop', SHOP],
  ['away', AWAY],
  ['club', CLUB],
  ['landlord', LANDLORD],
])('what people say to the pack %s', (name, scenes) => {
  test('is thirty lines or more', () => {
    expect(scenes.flatMap((scene) => scene.lines).length).toBeGreaterThanOrEqual(30)
  })

  test.each(scenes)('$where', async (scene) => {
    const pack = await loadPack(name)
    const answers = scene.lines.map(([says]): Line => [says, answer(pack, scene, says)])
    expect(answers).toEqual(scene.lines)
  })
})
