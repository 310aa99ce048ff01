/** Settings that decide when the bot stays silent. */
import * as k from '../kinds.ts'
import { group, groupOrOff, setting } from '../setting.ts'

const MINUTE = 60_000

function rate(max: number, window: string, zh: string, en: string) {
  return groupOrOff(
    {
      max: setting(k.wholeNumber(1, 1_000_000), max, '最多几次', 'at most this many'),
      in: setting(k.duration(1000), window, '在多长时间内', 'within this time'),
    },
    zh,
    en,
  )
}

/** `safety` */
export const safety = group({
  max_age: setting(
    k.orOff(k.duration(1000)),
    '10m',
    '更早的消息不回，只汇总',
    'older messages are not answered',
  ),
  reply_to_official: setting(k.yesNo, false, '是否回复公众号', 'answer official accounts'),
  reply_to_self: setting(k.yesNo, false, '是否回复自己发的消息', 'answer our own messages'),
  loop_breaker: groupOrOff(
    {
      same_reply: rate(3, '2m', '同一句回复最多几次', 'the same reply at most this often'),
      fast_turns: groupOrOff(
        {
          faster_than: setting(
            k.duration(100),
            '3s',
            '对方回得比这更快',
            'the other side answers faster than this',
          ),
          max: setting(k.wholeNumber(1, 1000), 5, '连续几次', 'this many times in a row'),
        },
        '一来一回太快',
        'turns that are too quick',
      ),
      // biome-ignore lint/suspicious/noThenProperty: the word operators write.
      then: group({
        mute: setting(k.duration(1000), '10m', '在这个聊天里停多久', 'silence in this chat'),
        notify: setting(
          k.orOff(k.words),
          'owner',
          '通知谁：owner 或 notify.channels 里的名字',
          'whom to tell: owner or a channel',
        ),
      }),
    },
    '对方像机器人时停下',
    'stop when the other side looks like a bot',
  ),
})

/** `takeover` */
export const takeover = groupOrOff(
  {
    on_owner_message: setting(
      k.orOff(k.duration(1000)),
      '30m',
      '店主用手机回了，机器人停多久',
      'silence after the owner wrote from the phone',
    ),
    handover_words: setting(
      k.wordList,
      ['人工', '转人工'],
      '客人说这些：机器人停，通知店主',
      'a customer who says these gets a human',
    ),
    resume_words: setting(
      k.wordList,
      ['机器人继续'],
      '店主在该聊天里说这些：恢复',
      'the owner says these to resume',
    ),
  },
  '人工接管',
  'human takeover',
)

/** `stop_words` */
export const stopWords = setting(
  k.wordList,
  ['退订', 'TD', '停止回复'],
  '客人说这些：确认一次，以后不再自动回复他',
  'a customer who says these is never answered again',
)

/** `merge` */
export const merge = setting(
  k.orOff(k.duration(500, 5 * MINUTE)),
  'off',
  '同一人连发几条，静这么久后合成一条再判断',
  'merge messages of one person that come this close',
)

/** `limits` */
export const limits = group({
  all: rate(20, '1m', '全部聊天合计的回复上限', 'replies in all chats together'),
  chat: rate(6, '1m', '每个聊天的回复上限', 'replies per chat'),
  day: groupOrOff(
    { max: setting(k.wholeNumber(1, 1_000_000), 300, '最多几条', 'at most this many') },
    '每天的回复上限',
    'replies per day',
  ),
  accept_friend: rate(20, '1d', '自动通过好友申请的上限', 'accepted friend requests'),
})

/** `quiet_hours` */
export const quietHours = setting(
  k.orOff(k.dayWindow),
  'off',
  '这段时间只收不回，例如 23:30-07:30',
  'receive but do not answer, e.g. 23:30-07:30',
)
